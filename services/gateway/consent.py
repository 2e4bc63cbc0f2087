"""Consent: for whom an account may say yes, what it has said yes to, and what it says now.

A yes is for one client and one person; it stands until it is withdrawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services import ids
from services.actor import Actor, ActorKind, Relation
from services.database.session import Session
from services.gateway.catalogue import ScopeCatalogue
from services.gateway.clients import Client
from services.gateway.models import consents
from services.gateway.oauth.authorization_details import (
    Details,
    covers,
    keep_others,
    open_details,
    seal_details,
)
from services.gateway.oauth.ledger import Details as Facts
from services.gateway.oauth.ledger import append_about
from services.gateway.people.relations import list_relations, reaches
from services.gateway.store import oauth as store
from services.notices import notify
from services.notices.kinds import NoticeKind, declare
from services.words import msgid

CONSENT_GIVEN = NoticeKind(
    name="gateway.consent_given",
    service="gateway",
    sentence=msgid("您允许了“%(asker)s”。不想继续，打开这里停止授权"),
    channels=(),
)
declare(CONSENT_GIVEN)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a grant of this account may be about: the account's own person first."""

    subject: UUID
    relation: str


def list_people(
    session: Session, account: UUID, *, kind: str, services: Iterable[str] = ()
) -> tuple[Person, ...]:
    """For whom the account may consent now, where all these services are concerned."""
    if kind == "staff":
        return (Person(account, Relation.STAFF.value),)
    related = list_relations(session, account, session.at)
    wanted = frozenset(services)
    others = {
        row.for_subject_id: Person(row.for_subject_id, row.relation)
        for row in reversed(related)
        if reaches(row.services, wanted)
    }
    return (Person(account, Relation.SELF.value), *reversed(others.values()))


def list_covering(
    session: Session,
    account: UUID,
    *,
    client_id: str,
    catalogue: ScopeCatalogue,
    scopes: Sequence[str],
    details: Details,
    people: Sequence[Person],
) -> list[tuple[UUID, Person]]:
    """The standing consents that cover all these scopes and details, for people whom the account may still act for."""
    still = {person.subject: person for person in people}
    covering: dict[UUID, tuple[UUID, Person]] = {}
    for row in store.list_consents(session, account, client_id):
        person = still.get(row.for_subject_id)
        if person is None or person.relation != row.relation or not catalogue.covers(row.scopes, scopes):
            continue
        if covers(catalogue, _details_of(session, row), details, scopes):
            covering[person.subject] = (row.id, person)
    return list(covering.values())


def give_consent(
    session: Session,
    actor: Actor,
    *,
    client: Client,
    catalogue: ScopeCatalogue,
    asked: Sequence[str],
    given: Sequence[str],
    details: Details = (),
) -> UUID:
    """Say yes for the actor's subject.

    What was asked for and not given is no longer covered; what was not asked about stays as it was.

    Effects: one consent made or changed, one audit row `gateway.consent.given`, and a message in a resident's
        inbox from where it can be stopped.
    """
    account, subject = actor.account, actor.subject
    if account is None or subject is None:
        raise ValueError("consent is given by an account for one subject")
    facts: Facts = {"client": client.client_id, "scopes": list(given)}
    append_about(session, actor, "gateway.consent.given", account, subject, facts)
    consent_id = _change_standing(session, actor, client, catalogue, asked, given, details) or _add(
        session, actor, client, given, details
    )
    if actor.kind is ActorKind.RESIDENT:
        notify(
            session,
            actor,
            subject_id=account,
            kind=CONSENT_GIVEN.name,
            facts={"asker": client.name},
            link=f"/my/account/consents/{consent_id}",
        )
    return consent_id


def _details_of(session: Session, row: Row[Any]) -> Details:
    sealed = row.authorization_details_sealed
    return open_details(session, consents.c.authorization_details_sealed, row.subject_id, row.id, sealed)


def _change_standing(
    session: Session,
    actor: Actor,
    client: Client,
    catalogue: ScopeCatalogue,
    asked: Sequence[str],
    given: Sequence[str],
    details: Details,
) -> UUID | None:
    """Change the consent that stands for the same person, if one does."""
    account, subject = actor.account, actor.subject
    for row in store.list_consents(session, account, client.client_id) if account else ():
        if row.for_subject_id == subject:
            kept = [scope for scope in row.scopes if not catalogue.covers(asked, [scope])]
            limits = (*keep_others(catalogue, _details_of(session, row), asked), *details)
            column = consents.c.authorization_details_sealed
            store.change_consent(
                session,
                row.subject_id,
                row.id,
                scopes=[*given, *kept],
                relation=actor.relation.value,
                details_sealed=seal_details(session, column, row.subject_id, row.id, limits),
            )
            return UUID(str(row.id))
    return None


def _add(session: Session, actor: Actor, client: Client, given: Sequence[str], details: Details) -> UUID:
    consent_id, account = ids.new_id(), actor.account
    if account is None:
        raise ValueError("consent is given by an account")
    column = consents.c.authorization_details_sealed
    values = {
        "subject_id": account,
        "id": consent_id,
        "client_id": client.client_id,
        "for_subject_id": actor.subject,
        "relation": actor.relation.value,
        "scopes": list(given),
        "authorization_details_sealed": seal_details(session, column, account, consent_id, details),
        "given_at": session.at,
        "withdrawn_at": None,
    }
    store.add_consent(session, values)
    return consent_id
