"""Consent: for whom an account may say yes, what it has said yes to, and what it says now.

A yes is for one client and one person; it stands until it is withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services import ids
from services.actor import Actor, Relation
from services.database.session import Session
from services.gateway.oauth.ledger import Details, append_about
from services.gateway.people.relations import list_relations
from services.gateway.store import oauth as store


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a grant of this account may be about: the account's own person first."""

    subject: UUID
    relation: str


def list_people(session: Session, account: UUID, *, kind: str) -> tuple[Person, ...]:
    """For whom the account may consent now."""
    if kind == "staff":
        return (Person(account, Relation.STAFF.value),)
    related = list_relations(session, account, session.at)
    others = (Person(row.for_subject_id, row.relation) for row in related)
    return (Person(account, Relation.SELF.value), *others)


def list_covering(
    session: Session,
    account: UUID,
    *,
    client_id: str,
    scopes: Sequence[str],
    people: Sequence[Person],
) -> list[tuple[UUID, Person]]:
    """The standing consents that cover all these scopes, for people whom the account may still act for."""
    still = {person.subject: person for person in people}
    covering: dict[UUID, tuple[UUID, Person]] = {}
    for row in store.list_consents(session, account, client_id):
        person = still.get(row.for_subject_id)
        if person is not None and person.relation == row.relation and set(scopes) <= set(row.scopes):
            covering[person.subject] = (row.id, person)
    return list(covering.values())


def give_consent(
    session: Session, actor: Actor, *, client_id: str, asked: Sequence[str], given: Sequence[str]
) -> UUID:
    """Say yes for the actor's subject.

    What was asked for and not given is no longer covered; what was not asked about stays as it was.

    Effects: one consent made or changed, one audit row `gateway.consent.given`.
    """
    account, subject = actor.account, actor.subject
    if account is None or subject is None:
        raise ValueError("consent is given by an account for one subject")
    details: Details = {"client": client_id, "scopes": list(given)}
    append_about(session, actor, "gateway.consent.given", account, subject, details)
    for row in store.list_consents(session, account, client_id):
        if row.for_subject_id == subject:
            kept = [scope for scope in row.scopes if scope not in asked]
            store.change_consent(session, account, row.id, [*given, *kept], actor.relation.value)
            return UUID(str(row.id))
    consent_id = ids.new_id()
    values = {
        "subject_id": account,
        "id": consent_id,
        "client_id": client_id,
        "for_subject_id": subject,
        "relation": actor.relation.value,
        "scopes": list(given),
        "given_at": session.at,
        "withdrawn_at": None,
    }
    store.add_consent(session, values)
    return consent_id
