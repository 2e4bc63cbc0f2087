"""Delivers notices: takes one, sends its logout token outside of any transaction, writes down how it went.

Standard: OpenID Connect Back-Channel Logout 1.0 sections 2.5 and 2.8. A client that is away is told later; one that
does not come back within a day is given up, which stands in the audit log.
"""

from dataclasses import dataclass
from uuid import UUID

from services import audit, jobs
from services.actor import Actor
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.errors import NotFound
from services.gateway.clients import find_client
from services.gateway.oauth.backchannel_logout.logout_token import encode_logout_token
from services.gateway.oauth.backchannel_logout.notices import DELIVER
from services.gateway.oauth.backchannel_logout.states import TRANSITIONS, Event, State, wait_after
from services.gateway.oauth.session_id import session_id_at
from services.gateway.pairwise import pairwise_sub
from services.gateway.store import logout_notices as store
from services.manifest import Job
from services.settings import Settings
from services.web.outbound import OutboundFailed, OutboundRefused, post_form


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice ready to be sent."""

    uri: str
    logout_token: str


def logout_jobs(settings: Settings) -> tuple[Job, ...]:
    """The job that delivers one notice."""

    def deliver(database: Database, actor: Actor, *, notice_id: str) -> None:
        deliver_notice(settings, database, actor, UUID(notice_id))

    return (Job(DELIVER, deliver, own_transaction=True),)


def deliver_notice(settings: Settings, database: Database, actor: Actor, notice_id: UUID) -> None:
    """Try once to tell a client. What was delivered or given up is left alone, so it may be run again.

    Effects: one request outside; the notice's new state; a further job where it has to be tried again.
    Raises: NotFound while the notice's transaction is not visible yet.
    """
    if actor.subject is None:
        raise NotFound
    account = actor.subject
    opening = Opening(role=Role.WORKER, service="gateway", account=account, subjects=(account,))
    with database.transaction(opening) as session:
        letter = _take(session, settings.base_url, actor, account, notice_id)
    if letter is None:
        return
    event = _send(settings, letter)
    with database.transaction(opening) as session:
        _settle(session, actor, account, notice_id, event)


def _take(session: Session, issuer: str, actor: Actor, account: UUID, notice_id: UUID) -> Letter | None:
    row = store.count_attempt(session, account, notice_id)
    if row is None:
        if store.find_notice(session, account, notice_id) is None:
            raise NotFound
        return None
    client = find_client(session, row.client_id)
    if client is None or client.backchannel_logout_uri is None:
        _settle(session, actor, account, notice_id, Event.GIVE_UP)
        return None
    token = encode_logout_token(
        session,
        issuer=issuer,
        client_id=client.client_id,
        notice_id=notice_id,
        sub=pairwise_sub(session.keys, client.sector, row.for_subject_id),
        sid=session_id_at(session.keys, client.sector, row.session_id),
    )
    return Letter(client.backchannel_logout_uri, token)


def _send(settings: Settings, letter: Letter) -> Event:
    try:
        status = post_form(settings, letter.uri, {"logout_token": letter.logout_token})
    except OutboundRefused:
        return Event.GIVE_UP
    except OutboundFailed:
        return Event.FAIL
    # Section 2.8 says 200; 204 is what many frameworks make of an empty body.
    return Event.ARRIVE if status in {200, 204} else Event.FAIL


def _settle(session: Session, actor: Actor, account: UUID, notice_id: UUID, event: Event) -> None:
    """Write down how an attempt went; another worker's word that came first stands."""
    row = store.lock_notice(session, account, notice_id)
    if row is None or (State(row.state), event) not in TRANSITIONS:
        return
    wait = wait_after(row.attempts) if event is Event.FAIL else None
    if event is Event.FAIL and wait is None:
        event = Event.GIVE_UP
    state = TRANSITIONS[State(row.state), event]
    store.change_notice(session, account, notice_id, state.value, is_settled=state is not State.RETRY)
    if wait is not None:
        jobs.enqueue(
            session,
            actor,
            DELIVER,
            subject_id=account,
            run_at=session.at + wait,
            notice_id=str(notice_id),
        )
    if state is State.DEAD:
        details = {"client": row.client_id}
        audit.append(session, actor, "gateway.logout.undelivered", subject_id=account, details=details)
