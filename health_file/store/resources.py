"""Versions of resources: the rows that hold the file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_

from health_file.access import visible_to
from health_file.models import patients, resources
from health_file.rules import DIRECTORY
from health_file.sealing import PART
from health_file.store.columns import SHOWN
from health_file.store.shelves import reach_directory
from services import vault
from services.actor import Actor
from services.database.session import Session

DATA_KEY = vault.data_key_of(resources.c.subject_id).label("data_key")
_KEY_ID, _KEY = vault.part_key_of(resources.c.subject_id, PART)
FILE_KEY = (_KEY_ID.label("file_key_id"), _KEY.label("file_key"))
CLAIM_PATIENT_PLACES = (
    "INSERT INTO health_file.patients (subject_id, resource_id) SELECT * FROM unnest(%s::uuid[], %s::uuid[]) "
    "ON CONFLICT DO NOTHING RETURNING resource_id"
)


def claim_patient_places(session: Session, places: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Take residents' one place for a Patient resource, (resident, resource); the resources that got theirs."""
    columns = [list(column) for column in zip(*places, strict=True)]
    return {own for (own,) in session.raw(CLAIM_PATIENT_PLACES, columns).fetchall()}


def find_patient_id(session: Session, subject_id: UUID) -> UUID | None:
    """The id of a resident's Patient resource. Access: the gateway, and whoever reaches the resident."""
    statement = select(patients.c.resource_id).where(patients.c.subject_id == subject_id)
    found: UUID | None = session.execute(statement).scalar()
    return found


def list_residents_of(session: Session, patient_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Whose these Patient resources are. Access: as find_patient_id."""
    statement = select(patients.c.subject_id).where(patients.c.resource_id.in_(patient_ids))
    return session.execute(statement.order_by(patients.c.subject_id)).scalars().all()


def find_resource(
    session: Session, actor: Actor, resource_type: str, resource_id: UUID, version: int | None
) -> Row[Any] | None:
    """A version of a resource that the actor sees; the current one, deleted or not, where none is named.

    Effects: the keys of its file come along, which whoever reads it asks for next.
    """
    statement = versions(session, actor, resource_type, resource_id).add_columns(DATA_KEY, *FILE_KEY)
    if version is None:
        statement = statement.where(resources.c.is_current)
    else:
        statement = statement.where(resources.c.version == version)
    row = session.execute(statement).one_or_none()
    if row is not None and row.data_key is not None:
        session.data_keys.setdefault(row.subject_id, row.data_key)
        held = None if row.file_key_id is None else (row.file_key_id, row.file_key)
        session.part_keys.setdefault((row.subject_id, PART), held)
    return row


def find_patient_row(session: Session, subject_id: UUID, resource_id: UUID) -> Row[Any] | None:
    """A resident's current Patient, whoever asks: for comparing it with what they know, not for showing it."""
    statement = select(resources).where(
        resources.c.subject_id == subject_id, resources.c.id == resource_id, resources.c.is_current
    )
    return session.execute(statement).one_or_none()


def find_in_directory(session: Session, resource_type: str, resource_id: UUID) -> Row[Any] | None:
    """A current resource of the directory, where the transaction reaches it."""
    statement = select(*SHOWN).where(
        resources.c.subject_id == DIRECTORY,
        resources.c.id == resource_id,
        resources.c.type == resource_type,
        resources.c.is_current,
        ~resources.c.is_deleted,
    )
    return session.execute(statement).one_or_none()


def find_resources(
    session: Session, actor: Actor, places: Sequence[tuple[str, UUID]]
) -> dict[tuple[str, UUID], Row[Any]]:
    """The current versions, deleted or not, of several resources that the actor sees, by type and id."""
    for resource_type in {kind for kind, _ in places}:
        reach_directory(session, resource_type)
    statement = select(*SHOWN).where(
        resources.c.id.in_([own for _, own in places]), resources.c.is_current, visible_to(session, actor)
    )
    wanted = set(places)
    rows = session.execute(statement).all()
    return {(row.type, row.id): row for row in rows if (row.type, row.id) in wanted}


def versions(session: Session, actor: Actor, resource_type: str, resource_id: UUID) -> Select[Any]:
    """Every version of one resource that the actor sees."""
    reach_directory(session, resource_type)
    return select(*SHOWN).where(
        resources.c.id == resource_id, resources.c.type == resource_type, visible_to(session, actor)
    )


LOCK_VERSIONS = (
    "SELECT held.id FROM health_file.resources AS held "
    "JOIN unnest(%s::uuid[], %s::uuid[], %s::integer[]) AS given (subject_id, id, version) "
    "USING (subject_id, id, version) WHERE held.is_current ORDER BY held.id FOR UPDATE OF held"
)
RETIRE_VERSIONS = (
    "UPDATE health_file.resources AS held SET is_current = false "
    "FROM unnest(%s::uuid[], %s::uuid[], %s::integer[]) AS given (subject_id, id, version) "
    "WHERE held.subject_id = given.subject_id AND held.id = given.id AND held.version = given.version "
    "AND held.is_current RETURNING held.id"
)


def retire_versions(session: Session, places: Sequence[tuple[UUID, UUID, int]]) -> set[UUID]:
    """Make room for the next versions of (subject, id, version); those for which nobody else had done so first."""
    columns = [list(column) for column in zip(*places, strict=True)]
    if len(places) > 1:
        # Two writers of the same rows wait for one another in one order.
        session.raw(LOCK_VERSIONS, columns)
    return {own for (own,) in session.raw(RETIRE_VERSIONS, columns).fetchall()}


def _in_files(session: Session, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    current = (resources.c.is_current, ~resources.c.is_deleted)
    return (*current, visible_to(session, actor), resources.c.subject_id != DIRECTORY)


def list_resources(
    session: Session,
    actor: Actor,
    *,
    resource_type: str | None,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> Sequence[Row[Any]]:
    """Current resources of files that the actor sees, newest first."""
    statement = select(*SHOWN).where(*_in_files(session, actor))
    if resource_type is not None:
        statement = statement.where(resources.c.type == resource_type)
    if after is not None:
        statement = statement.where(tuple_(resources.c.recorded_at, resources.c.id) < tuple_(*after))
    order = (resources.c.recorded_at.desc(), resources.c.id.desc())
    return session.execute(statement.order_by(*order).limit(limit)).all()


def count_resources(session: Session, actor: Actor) -> tuple[int, datetime | None]:
    """How many current resources the actor sees, and when the newest was recorded."""
    statement = select(func.count().label("count"), func.max(resources.c.recorded_at).label("newest")).where(
        *_in_files(session, actor)
    )
    found = session.execute(statement).mappings().one()
    return int(found["count"]), found["newest"]
