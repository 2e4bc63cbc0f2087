"""Statements about imports."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, bindparam, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from ebills.models import imports
from services.database.session import Session
from services.errors import NotFound

CLAIM = insert(imports).on_conflict_do_nothing().returning(imports.c.id)
GET_BY_FILE = select(imports).where(
    imports.c.biller == bindparam("biller"), imports.c.file_digest == bindparam("file_digest")
)
CHANGE_COUNTS = (
    update(imports)
    .where(imports.c.id == bindparam("in_id"))
    .values(new_count=bindparam("in_new_count"), paid_count=bindparam("in_paid_count"))
)
NEWEST_FIRST = (imports.c.imported_at.desc(), imports.c.id.desc())


def claim_import(session: Session, values: Mapping[str, Any]) -> bool:
    """Open an import; False when this very file was imported. A twin waits here for the first to end."""
    return session.execute(CLAIM, dict(values)).one_or_none() is not None


def get_import_of_file(session: Session, biller: str, file_digest: bytes) -> RowMapping:
    """The import of a file that `claim_import` found known."""
    parameters = {"biller": biller, "file_digest": file_digest}
    return session.execute(GET_BY_FILE, parameters).mappings().one()


def change_counts(session: Session, import_id: UUID, *, new_count: int, paid_count: int) -> None:
    """Note what an import did."""
    parameters = {"in_id": import_id, "in_new_count": new_count, "in_paid_count": paid_count}
    session.execute(CHANGE_COUNTS, parameters)


def list_imports(
    session: Session, visible: ColumnElement[bool], *, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[RowMapping]:
    """Imports the reader may see, newest first."""
    statement = select(imports).where(visible)
    if after is not None:
        statement = statement.where(tuple_(imports.c.imported_at, imports.c.id) < after)
    return session.execute(statement.order_by(*NEWEST_FIRST).limit(limit)).mappings().all()


def get_import(session: Session, visible: ColumnElement[bool], import_id: UUID) -> RowMapping:
    """One import. Raises: NotFound 404, also for another biller's."""
    found = session.execute(select(imports).where(visible, imports.c.id == import_id))
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound
    return row
