"""What a person does about a device: look up the code it shows, and allow or deny.

Standard: RFC 8628 sections 3.3 and 5.1 to 5.4.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services import audit, ids
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.gateway import consent
from services.gateway.clients import Client, find_client
from services.gateway.consent import Person
from services.gateway.oauth.authorization import ALWAYS, chosen_scopes
from services.gateway.oauth.authorization_code import open_grant
from services.gateway.oauth.device_grant.states import State, state_at
from services.gateway.oauth.device_grant.user_codes import read_user_code, user_code_digest
from services.gateway.oauth.errors import DeviceAnswered, DeviceNotForAccount, StaleRequest, UserCodeUnknown
from services.gateway.oauth.holders import Holder, find_holder, may_hold
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.ledger import Details, append_about
from services.gateway.people.sessions import PageSession
from services.gateway.people.throttle import check_free, record_mistake, user_code_counters
from services.gateway.store import device_codes as store


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A request of a device, as found by its user code."""

    client: Client
    user_code: str
    scopes: tuple[str, ...]
    row: Row[Any]


def find_device(session: Session, page: PageSession, *, user_code: str, address: str, policy: str) -> Device:
    """The pending request that shows this code; guesses are slowed down by person and by address.

    Effects: a wrong code is counted, and that is kept.
    Raises: UserCodeUnknown 404, TooManyAttempts 429, DeviceAnswered 409.
    """
    counters = user_code_counters(session.keys, policy, page.account, address)
    check_free(session, counters)
    code = read_user_code(user_code)
    row = None if code is None else _find(session, code)
    client = None if row is None else find_client(session, row.client_id)
    # Before it is told whether the code is right: any number of guesses at once are as many in a row.
    check_free(session, counters)
    if code is None or row is None or client is None:
        record_mistake(session, counters)
        raise UserCodeUnknown
    state = state_at(row.state, row.expires_at, session.at)
    if state is State.EXPIRED:
        raise UserCodeUnknown
    if state is not State.PENDING:
        raise DeviceAnswered
    return Device(client=client, user_code=code, scopes=tuple(row.scopes), row=row)


def answer_device(
    session: Session,
    issuer: Issuer,
    device: Device,
    page: PageSession,
    *,
    allowed: bool,
    subject: UUID,
    scopes: tuple[str, ...],
) -> bool:
    """Carry out what the person said; whether the device may go on.

    Effects: on a yes a consent and a grant; the code is approved or denied, once; one audit row.
    Raises: StaleRequest when the session has ended, DeviceNotForAccount 403, DeviceAnswered 409 when somebody
        was faster.
    """
    holder = find_holder(session, page.account)
    if holder is None:
        raise StaleRequest
    services = issuer.catalogue.packages(device.scopes)
    people = consent.list_people(session, page.account, kind=holder.kind, services=services)
    person = next((someone for someone in people if someone.subject == subject), None)
    given = chosen_scopes(issuer.catalogue, device.scopes, {*scopes, *ALWAYS})
    is_empty = not set(given) - ALWAYS and bool(set(device.scopes) - ALWAYS)
    if not allowed or person is None or is_empty:
        _deny(session, device, page, holder)
        return False
    if not may_hold(issuer, holder, given):
        raise DeviceNotForAccount
    _approve(session, issuer, device, page, _actor(holder, page, device, person), given)
    return True


def _find(session: Session, code: str) -> Row[Any] | None:
    return store.find_by_user_code(session, user_code_digest(session.keys, code))


def _deny(session: Session, device: Device, page: PageSession, holder: Holder) -> None:
    if not store.deny_device_code(session, device.row.digest, device.row.expires_on, page.account):
        raise DeviceAnswered
    actor = _actor(holder, page, device, Person(page.account, _own(holder)))
    details = {"client": device.client.client_id}
    audit.append(session, actor, "gateway.consent.denied", subject_id=page.account, details=details)


def _approve(
    session: Session, issuer: Issuer, device: Device, page: PageSession, actor: Actor, given: tuple[str, ...]
) -> None:
    client, grant_id = device.client, ids.new_id()
    # The code first: of two tabs that say yes, one waits here and then finds it answered.
    if not store.approve_device_code(
        session, device.row.digest, device.row.expires_on, subject=page.account, grant=grant_id
    ):
        raise DeviceAnswered
    consent_id = consent.give_consent(
        session, actor, client=client, catalogue=issuer.catalogue, asked=device.scopes, given=given
    )
    open_grant(session, actor, client, page, consent_id, given, grant_id=grant_id)
    details: Details = {"client": client.client_id, "grant": str(grant_id), "scopes": list(given)}
    append_about(
        session, actor, "gateway.device.approved", page.account, actor.subject or page.account, details
    )


def _actor(holder: Holder, page: PageSession, device: Device, person: Person) -> Actor:
    is_staff = holder.kind == "staff"
    return Actor(
        kind=ActorKind.STAFF if is_staff else ActorKind.RESIDENT,
        account=page.account,
        subject=person.subject,
        relation=Relation(person.relation),
        client=device.client.client_id,
        grant=page.session,
        acr=page.acr,
        auth_time=page.auth_time,
    )


def _own(holder: Holder) -> str:
    return (Relation.STAFF if holder.kind == "staff" else Relation.SELF).value
