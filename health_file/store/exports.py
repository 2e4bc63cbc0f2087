"""Exports and their chunks."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Row, Uuid, delete, func, insert, literal, select, tuple_, update

from health_file.access import visible_to
from health_file.models import export_chunks, exports, resources, shelves
from health_file.rules import DIRECTORY
from health_file.store.shelves import reach_directory
from services.actor import Actor, ActorKind
from services.database.session import Session

RUNNING = ("accepted", "running")
# Of these kinds only what is in residents' files.
OF_RESIDENTS = ("patient", "group", "archive")


def add_export(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a new export."""
    session.execute(insert(exports), dict(values))


def find_export(session: Session, owner: UUID, export_id: UUID) -> Row[Any] | None:
    """An export in its owner's place."""
    statement = select(exports).where(exports.c.subject_id == owner, exports.c.id == export_id)
    return session.execute(statement).one_or_none()


def lock_export(session: Session, owner: UUID, export_id: UUID) -> Row[Any] | None:
    """An export, held until the transaction ends."""
    statement = select(exports).where(exports.c.subject_id == owner, exports.c.id == export_id)
    return session.execute(statement.with_for_update()).one_or_none()


def change_export(
    session: Session, owner: UUID, export_id: UUID, state: str, values: Mapping[str, Any]
) -> bool:
    """Change an export that still is in this state; whether it was."""
    statement = update(exports).where(
        exports.c.subject_id == owner, exports.c.id == export_id, exports.c.state == state
    )
    return session.execute(statement.values(**values)).rowcount == 1


def count_running_exports(session: Session, owner: UUID) -> int:
    """How many exports of this owner are under way."""
    statement = select(func.count()).where(
        exports.c.subject_id == owner, exports.c.state.in_(RUNNING), exports.c.expires_at > session.at
    )
    count: int = session.execute(statement).scalar_one()
    return count


def list_exports(session: Session, owner: UUID, kind: str) -> Sequence[Row[Any]]:
    """The exports of a kind that this owner has, newest first."""
    statement = select(exports).where(
        exports.c.subject_id == owner, exports.c.kind == kind, exports.c.state != "expired",
        exports.c.expires_at > session.at,
    )  # fmt: skip
    return session.execute(statement.order_by(exports.c.id.desc())).all()


def list_for_export(
    session: Session, actor: Actor, resource_type: str, *, export: Any, is_deleted: bool, limit: int,
    all_versions: bool,
) -> Sequence[Row[Any]]:  # fmt: skip
    """The next resources of an export, in the order of owner, id and version, that the asker sees."""
    reach_directory(session, resource_type)
    columns = resources.c
    statement = select(resources).where(
        columns.type == resource_type,
        columns.recorded_at <= export.created_at,
        visible_to(session, actor),
    )
    if not all_versions:
        statement = statement.where(columns.is_current, columns.is_deleted.is_(is_deleted))
    if actor.kind is ActorKind.RESIDENT and actor.subject is not None:
        statement = statement.where(columns.subject_id.in_((actor.subject, DIRECTORY)))
    if export.kind in OF_RESIDENTS:
        is_shelf = select(literal(1)).where(shelves.c.subject_id == columns.subject_id).exists()
        statement = statement.where(columns.subject_id != DIRECTORY, ~is_shelf)
    if export.since_at is not None:
        statement = statement.where(columns.recorded_at >= export.since_at)
    place = (columns.subject_id, columns.id, columns.version)
    if export.last_id is not None:
        statement = statement.where(
            tuple_(*place) > tuple_(export.last_owner, export.last_id, export.last_version)
        )
    return session.execute(statement.order_by(*place).limit(limit)).all()


def next_chunk(session: Session, owner: UUID, export_id: UUID, first: int, most: int) -> tuple[int, int]:
    """The file and number of the next chunk of a stage, whose files are numbered from `first`."""
    own = (export_chunks.c.subject_id == owner, export_chunks.c.export_id == export_id)
    count: int = session.execute(
        select(func.count()).where(*own, export_chunks.c.file.between(first, first + 999))
    ).scalar_one()
    return first + min(count // most, 999), count


def add_export_chunk(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a chunk."""
    session.execute(insert(export_chunks), dict(values))


def list_files(session: Session, owner: UUID, export_id: UUID) -> Sequence[Row[Any]]:
    """The files of an export: their type, and how many lines."""
    columns = export_chunks.c
    count = func.sum(func.cardinality(columns.ids)).label("lines")
    statement = (
        select(columns.file, columns.list, columns.type, count)
        .where(columns.subject_id == owner, columns.export_id == export_id)
        .group_by(columns.file, columns.list, columns.type)
        .order_by(columns.file)
    )
    return session.execute(statement).all()


def list_export_chunks(session: Session, owner: UUID, export_id: UUID, file: int) -> Sequence[Row[Any]]:
    """The chunks of one file in their order."""
    columns = export_chunks.c
    statement = select(export_chunks).where(
        columns.subject_id == owner, columns.export_id == export_id, columns.file == file
    )
    return session.execute(statement.order_by(columns.number)).all()


def delete_export_chunks(session: Session, owner: UUID, export_id: UUID) -> None:
    """Delete what an export has gathered."""
    columns = export_chunks.c
    session.execute(delete(export_chunks).where(columns.subject_id == owner, columns.export_id == export_id))


def list_visible(
    session: Session, actor: Actor, resource_type: str, places: Sequence[tuple[UUID, UUID, int]]
) -> dict[tuple[UUID, UUID, int], str]:
    """Which of these versions (owner, id, version) the actor sees, each with the unit that wrote it."""
    reach_directory(session, resource_type)
    owners, ids, versions = (list(column) for column in zip(*places, strict=True))
    given = (
        func.unnest(
            literal(owners, ARRAY(Uuid)), literal(ids, ARRAY(Uuid)), literal(versions, ARRAY(Integer))
        )
        .table_valued("owner", "own", "version", name="given")
        .render_derived()
    )
    statement = (
        select(resources.c.subject_id, resources.c.id, resources.c.version, resources.c.author)
        .join(
            given,
            (given.c.owner == resources.c.subject_id)
            & (given.c.own == resources.c.id)
            & (given.c.version == resources.c.version),
        )
        .where(visible_to(session, actor))
    )
    return {(row.subject_id, row.id, row.version): row.author for row in session.execute(statement)}
