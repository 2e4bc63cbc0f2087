"""Rows that an older version of the index holds."""

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import Row, Select, func, select, update

from health_file.models import resources
from services.database.session import Session

FORGET: tuple[LiteralString, ...] = tuple(
    f"DELETE FROM health_file.{index} AS held USING unnest(%s::uuid[], %s::uuid[]) AS given (subject_id, resource_id) "
    "WHERE held.subject_id = given.subject_id AND held.resource_id = given.resource_id"
    for index in ("tokens", "days")
)


def count_rows_before(session: Session, index_version: int) -> int:
    """How many current rows are still to be indexed again. Access: the worker."""
    statement = _before(index_version).with_only_columns(func.count())
    count: int = session.execute(statement).scalar_one()
    return count


def list_rows_before(session: Session, index_version: int, *, limit: int) -> Sequence[Row[Any]]:
    """Some of them, by their place. Access: the worker."""
    statement = _before(index_version)
    order = (resources.c.indexed_as, resources.c.subject_id, resources.c.id)
    return session.execute(statement.order_by(*order).limit(limit)).all()


def claim_indexing(session: Session, row: Row[Any], index_version: int) -> bool:
    """Mark a row as indexed by this version; False when it was changed or indexed meanwhile."""
    statement = (
        update(resources)
        .where(
            resources.c.subject_id == row.subject_id,
            resources.c.id == row.id,
            resources.c.version == row.version,
            resources.c.is_current,
            resources.c.indexed_as < index_version,
        )
        .values(indexed_as=index_version)
    )
    return session.execute(statement).rowcount == 1


def forget_indexes(session: Session, places: Sequence[tuple[UUID, UUID]]) -> None:
    """Drop by what several resources, by subject and id, are found."""
    subjects, ids = [subject for subject, _ in places], [own for _, own in places]
    for statement in FORGET:
        session.raw(statement, (subjects, ids))


def _before(index_version: int) -> Select[Any]:
    return select(resources).where(
        resources.c.is_current, ~resources.c.is_deleted, resources.c.indexed_as < index_version
    )
