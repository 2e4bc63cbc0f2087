"""Whose a resource is: residents, and the shelves of what names none."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from health_file.models import resources, shelves, tokens
from health_file.rules import DIRECTORY, DIRECTORY_TYPES
from services.database.roles import Role
from services.database.session import Session

FIND_RESIDENTS = (
    "SELECT held.type, held.id, held.subject_id FROM health_file.resource_ids AS held "
    "JOIN unnest(%s::text[], %s::uuid[]) AS given (type, id) ON held.id = given.id AND held.type = given.type "
    "WHERE NOT EXISTS (SELECT FROM health_file.shelves WHERE shelves.subject_id = held.subject_id)"
)


def find_residents_of(session: Session, places: Sequence[tuple[str, UUID]]) -> dict[str, UUID]:
    """In whose file resources stand, by `Type/id`; what stands on a shelf is not among them.

    Access: clinics and systems.
    """
    types, ids = [kind for kind, _ in places], [own for _, own in places]
    rows = session.raw(FIND_RESIDENTS, (types, ids)).fetchall()
    return {f"{kind}/{own}": owner for kind, own, owner in rows}


def find_practitioner_id(session: Session, digest: bytes, unit: str) -> UUID | None:
    """The current Practitioner of the directory that a unit entered under this token; the oldest of several."""
    statement = (
        select(resources.c.id)
        .join(
            tokens,
            (tokens.c.subject_id == resources.c.subject_id) & (tokens.c.resource_id == resources.c.id),
        )
        .where(
            resources.c.subject_id == DIRECTORY,
            resources.c.is_current,
            ~resources.c.is_deleted,
            resources.c.type == "Practitioner",
            resources.c.author == unit,
            tokens.c.digest == digest,
        )
        .order_by(resources.c.id)
        .limit(1)
    )
    found: UUID | None = session.execute(statement).scalar()
    return found


def find_shelf(session: Session, unit: str) -> UUID | None:
    """The shelf of a unit, or of the directory, which has no code."""
    found: UUID | None = session.execute(select(shelves.c.subject_id).where(shelves.c.unit == unit)).scalar()
    return found


def claim_shelf(session: Session, unit: str, place: UUID) -> bool:
    """Make a unit's one shelf; False when there is one."""
    statement = upsert(shelves).on_conflict_do_nothing().returning(shelves.c.subject_id)
    return session.execute(statement, {"unit": unit, "subject_id": place}).scalar() is not None


def reach_directory(session: Session, *resource_types: str) -> None:
    """Let a resident's transaction reach the directory, where one of types that stands there is read or included."""
    if not set(DIRECTORY_TYPES).isdisjoint(resource_types) and session.opening.role is Role.RESIDENT:
        session.raw("SELECT gateway.reach(%s)", (DIRECTORY,))
