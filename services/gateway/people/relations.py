"""For whom an account may act besides itself: a guardian for a child, a carer until a day that is agreed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services import audit, clock, ids, jobs
from services.actor import Actor, Relation
from services.database.session import Session
from services.gateway.errors import RelationNotPossible
from services.gateway.models import residents
from services.gateway.store import people as store
from services.vault import unseal_text

GUARDED_UNTIL_AGE = 14
END_RELATION = "gateway.end_relation"


@dataclass(frozen=True, slots=True)
class Standing:
    """A relation that stands now. `services` are the packages a carer may work in, None is all of them."""

    relation: str
    services: frozenset[str] | None
    ends_at: datetime | None


def reaches(services: Iterable[str] | None, wanted: Iterable[str]) -> bool:
    """Whether a relation to these services covers all that are wanted. Pure."""
    return services is None or set(wanted) <= set(services)


def find_standing(
    session: Session, account: UUID, for_subject: UUID, at: datetime, *, services: Iterable[str] = ()
) -> Standing | None:
    """The relation in which the account may act for the subject in all these services at an instant."""
    wanted = frozenset(services)
    for row in store.list_relations_to(session, account, for_subject, at):
        if reaches(row.services, wanted):
            limit = None if row.services is None else frozenset(row.services)
            return Standing(row.relation, limit, row.ends_at)
    return None


def find_relation(
    session: Session, account: UUID, for_subject: UUID, at: datetime, *, services: Iterable[str] = ()
) -> str | None:
    """In what relation the account stands to the subject at an instant: guardian, carer, or None."""
    found = find_standing(session, account, for_subject, at, services=services)
    return None if found is None else found.relation


def list_relations(session: Session, account: UUID, at: datetime) -> list[Row[Any]]:
    """For whom the account may act at an instant: rows with `for_subject_id` and `relation`."""
    return store.list_relations(session, account, at)


def guarded_until(born_on: date) -> datetime:
    """The instant a child turns 14 in Shanghai; who is born on 29 February does so on 1 March. Pure."""
    try:
        birthday = born_on.replace(year=born_on.year + GUARDED_UNTIL_AGE)
    except ValueError:
        birthday = date(born_on.year + GUARDED_UNTIL_AGE, 3, 1)
    return datetime.combine(birthday, time(), clock.SHANGHAI)


def create_relation(
    session: Session,
    actor: Actor,
    *,
    account: UUID,
    for_subject: UUID,
    relation: Relation,
    ends_at: datetime | None = None,
) -> UUID:
    """Let an account act for somebody: a guardian until the child turns 14, a carer until `ends_at`.

    Access: runs in the gateway's role; who may ask for it is decided where it is asked for.
    Effects: one row, one audit row that both can read.
    Raises: RelationNotPossible 409 when the child is 14 or older, or a carer's end is missing or past.
    """
    if relation is Relation.GUARDIAN:
        ends_at = guarded_until(_born_on(session, for_subject))
    if relation not in {Relation.GUARDIAN, Relation.CARER} or ends_at is None or ends_at <= session.at:
        raise RelationNotPossible
    relation_id = ids.new_id()
    store.add_relation(
        session,
        {
            "subject_id": account,
            "id": relation_id,
            "for_subject_id": for_subject,
            "relation": relation.value,
            "starts_at": session.at,
            "ends_at": ends_at,
        },
    )
    details = {"relation": relation.value}
    about = (account, for_subject)
    audit.append(session, actor, "gateway.relation.created", subject_ids=about, details=details)
    queue_end(session, actor, account, relation_id, ends_at)
    return relation_id


def queue_end(session: Session, actor: Actor, account: UUID, relation_id: UUID, ends_at: datetime) -> None:
    """Ask for what stands on a relation to be ended with it. One job for each, at its instant: nothing sweeps."""
    jobs.enqueue(
        session, actor, END_RELATION, subject_id=account, run_at=ends_at, relation_id=str(relation_id)
    )


def _born_on(session: Session, subject: UUID) -> date:
    row = store.get_resident(session, subject)
    sealed = row.born_on_sealed
    return date.fromisoformat(unseal_text(session, residents.c.born_on_sealed, subject, subject, sealed))
