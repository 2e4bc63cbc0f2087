"""Wishes that a file be erased, what stands against them, and the erasing."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import Date, Row, cast, delete, distinct, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from health_file.access import visible_to
from health_file.models import (
    chunks,
    consent_rules,
    days,
    emergencies,
    erasures,
    export_chunks,
    exports,
    openings,
    patients,
    resource_ids,
    resources,
    share_accesses,
    share_urls,
    shares,
    tokens,
    treating_relations,
)
from health_file.rules import RESIDENT_AUTHOR
from services.actor import Actor
from services.database.session import Session

# Everything that is kept in a resident's file, and by what it is found.
OF_A_FILE = (
    chunks, tokens, days, treating_relations, openings, consent_rules, emergencies, export_chunks, exports,
    share_accesses, share_urls, shares, patients, resources,
)  # fmt: skip
FORGET_IDS: LiteralString = "DELETE FROM health_file.resource_ids WHERE id = ANY (%s)"
# A resource that is imported again begins afresh; source by source, as the key of the table goes. What was read and
# never kept is of the file too, and so are the names of all of it.
FORGET_IMPORTED: LiteralString = (
    "WITH RECURSIVE sources AS ("
    " SELECT min(source) AS source FROM health_file.import_entries"
    " UNION ALL SELECT (SELECT min(e.source) FROM health_file.import_entries e WHERE e.source > s.source)"
    " FROM sources s WHERE s.source IS NOT NULL) "
    "DELETE FROM health_file.import_entries e USING sources "
    "WHERE e.source = sources.source AND e.resource_id = ANY (%s)"
)
FORGET_SETTLED: LiteralString = (
    "DELETE FROM health_file.import_entries WHERE subject_id = %s RETURNING resource_id"
)
FORGET_NAMES: LiteralString = "DELETE FROM health_file.import_names WHERE resource_id = ANY (%s)"
# The version, algorithm and id of the key stand before what is sealed (services/vault/envelope.py).
KEY_AT, KEY_BYTES = 3, 16
MOST = 20


def add_erasure(session: Session, values: Mapping[str, Any]) -> bool:
    """Keep a new wish; False when one stands: an index has one of any number asked at once."""
    statement = upsert(erasures).on_conflict_do_nothing().returning(erasures.c.id)
    return session.execute(statement, dict(values)).scalar() is not None


def find_erasure(session: Session, subject_id: UUID, erasure_id: UUID) -> Row[Any] | None:
    """One wish of this resident's."""
    statement = select(erasures).where(erasures.c.subject_id == subject_id, erasures.c.id == erasure_id)
    return session.execute(statement).one_or_none()


def lock_erasure(session: Session, subject_id: UUID, erasure_id: UUID) -> Row[Any] | None:
    """One wish, held until the transaction ends."""
    statement = select(erasures).where(erasures.c.subject_id == subject_id, erasures.c.id == erasure_id)
    return session.execute(statement.with_for_update()).one_or_none()


def list_erasures(session: Session, subject_id: UUID) -> Sequence[Row[Any]]:
    """The newest wishes of this resident's, newest first."""
    statement = select(erasures).where(erasures.c.subject_id == subject_id).order_by(erasures.c.id.desc())
    return session.execute(statement.limit(MOST)).all()


def change_erasure(
    session: Session, subject_id: UUID, erasure_id: UUID, state: str, values: Mapping[str, Any]
) -> bool:
    """Change a wish that still is in this state; whether it was."""
    columns = erasures.c
    statement = update(erasures).where(
        columns.subject_id == subject_id, columns.id == erasure_id, columns.state == state
    )
    return session.execute(statement.values(**values)).rowcount == 1


def list_held(session: Session, subject_id: UUID) -> Sequence[Row[Any]]:
    """(author, type, records, last_on) of what units keep in a file; without a day that of the writing counts.

    Every version counts that is no deletion: a record that was taken out is kept as long as one that stands.
    """
    columns = resources.c
    written_on = cast(func.timezone("Asia/Shanghai", columns.recorded_at), Date)
    statement = (
        select(
            columns.author,
            columns.type,
            func.count(distinct(columns.id)).label("records"),
            func.max(func.coalesce(columns.dated_on, written_on)).label("last_on"),
        )
        .where(columns.subject_id == subject_id, ~columns.is_deleted, columns.author != RESIDENT_AUTHOR)
        .group_by(columns.author, columns.type)
    )
    return session.execute(statement).all()


def list_newest_undeleted(session: Session, subject_id: UUID, types: Sequence[str]) -> Sequence[Row[Any]]:
    """The newest version that is no deletion of every resource of these types in a file."""
    columns = resources.c
    found = (columns.subject_id == subject_id, columns.type.in_(types), ~columns.is_deleted)
    newest = select(columns.id, func.max(columns.version)).where(*found).group_by(columns.id)
    statement = select(resources).where(*found, tuple_(columns.id, columns.version).in_(newest))
    return session.execute(statement).all()


def count_by_type(
    session: Session, subject_id: UUID, actor: Actor | None = None
) -> dict[str, tuple[int, int]]:
    """How many resources and versions of each type a file holds, or an actor sees of it."""
    columns = resources.c
    statement = (
        select(columns.type, func.count(distinct(columns.id)).label("resources"), func.count().label("all"))
        .where(columns.subject_id == subject_id, *(() if actor is None else (visible_to(session, actor),)))
        .group_by(columns.type)
        .order_by(columns.type)
    )
    return {row.type: (row.resources, row.all) for row in session.execute(statement)}


def count_beside(session: Session, subject_id: UUID) -> dict[str, int]:
    """How many attachments, links and exports a file has."""
    place = (chunks.c.resource_id, chunks.c.version, chunks.c.place)
    attached = select(*place).where(chunks.c.subject_id == subject_id).distinct().subquery()
    counted = {
        "attachments": select(func.count()).select_from(attached),
        "links": select(func.count()).where(shares.c.subject_id == subject_id),
        "exports": select(func.count()).where(exports.c.subject_id == subject_id),
    }
    return {name: int(session.execute(statement).scalar_one()) for name, statement in counted.items()}


def delete_file(session: Session, subject_id: UUID) -> None:
    """Delete every row of a file, its index and what was made of it. Access: the worker."""
    held = session.execute(select(resources.c.id).where(resources.c.subject_id == subject_id).distinct())
    own = list(held.scalars())
    # By their keys: these tables are of the whole city and have none for residents.
    settled = [found for (found,) in session.raw(FORGET_SETTLED, (subject_id,)).fetchall()]
    session.raw(FORGET_IMPORTED, (own,))
    session.raw(FORGET_NAMES, (sorted({*own, *settled}),))
    session.raw(FORGET_IDS, (own,))
    for table in OF_A_FILE:
        session.execute(delete(table).where(table.c.subject_id == subject_id))


def delete_sealed_under(session: Session, subject_id: UUID, key_id: UUID) -> int:
    """Delete the versions that are sealed under a key, and what finds them; how many. Access: the worker.

    Whoever was writing while the file was erased has sealed under the key that is no more.
    """
    named = func.substring(resources.c.body_sealed, KEY_AT, KEY_BYTES) == key_id.bytes
    statement = delete(resources).where(resources.c.subject_id == subject_id, named)
    gone = session.execute(statement.returning(resources.c.id)).scalars().all()
    found = set(gone)
    for table, column in (
        (tokens, tokens.c.resource_id),
        (days, days.c.resource_id),
        (chunks, chunks.c.resource_id),
        (patients, patients.c.resource_id),
        (consent_rules, consent_rules.c.consent_id),
        (treating_relations, treating_relations.c.basis_id),
        (resource_ids, resource_ids.c.id),
    ):
        if found:
            session.execute(delete(table).where(table.c.subject_id == subject_id, column.in_(found)))
    return len(gone)
