"""Attachments in chunks, beside the versions that they belong to."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from health_file.models import chunks
from health_file.store.bulk import insert_rows
from services.database.session import Session

LIST_CHUNKS = (
    "SELECT held.resource_id, held.version, held.place, held.number, held.content_sealed "
    "FROM health_file.chunks AS held JOIN unnest(%s::uuid[], %s::uuid[], %s::integer[]) "
    "AS given (subject_id, resource_id, version) USING (subject_id, resource_id, version) "
    "ORDER BY held.resource_id, held.version, held.place, held.number"
)


def add_chunks(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep chunks, once and for good."""
    insert_rows(session, chunks, rows)


def list_chunks(session: Session, places: Sequence[tuple[UUID, UUID, int]]) -> Sequence[tuple[Any, ...]]:
    """The chunks of versions (subject, resource, version), in order. Access: whoever was shown those versions."""
    columns = [list(column) for column in zip(*places, strict=True)]
    return session.raw(LIST_CHUNKS, columns).fetchall()
