"""A stored resource as the use cases see it, and how its body is sealed for its place and version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from health_file import access
from health_file.actions.attachments import put_back
from health_file.fhir import attachments, text
from health_file.fhir.clinical_day import day_of
from health_file.fhir.labels import labels_in
from health_file.fhir.parameters import INDEX_VERSION
from health_file.fhir.splicing import spliced, stamped
from health_file.models import resources
from services import vault
from services.database.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceView:
    """One version of a resource: its server-side facts and its body as it was sent; of a deletion, an empty one."""

    id: UUID
    type: str
    version: int
    author: str
    recorded_at: datetime
    body: dict[str, Any]
    subject_id: UUID
    is_deleted: bool = False

    def as_fhir(self) -> dict[str, Any]:
        """The resource with the id, version and instant that the server gave it."""
        meta = stamped(self.body.get("meta", {}), self.version, self.recorded_at)
        return {**self.body, "id": str(self.id), "meta": meta}

    def as_item(self) -> dict[str, Any]:
        """The resource as lists and copies give it: the server's facts beside it."""
        return {
            "id": self.id,
            "type": self.type,
            "version": self.version,
            "author": self.author,
            "recorded_at": self.recorded_at,
            "resource": self.as_fhir(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenView:
    """One version as pages answer it: whose and what it is, and `as_fhir` as bytes, made without reading the body."""

    id: UUID
    type: str
    author: str
    subject_id: UUID
    written: bytes


def view_of(session: Session, row: Any) -> ResourceView:
    """Open a row. Raises: Shredded, SealBroken."""
    cipher = vault.cipher_for(session, row.subject_id)
    view, has_parts = _opened(cipher, row)
    if has_parts:
        put_back(session, [view])
    return view


def views_of(session: Session, rows: Sequence[Any]) -> list[ResourceView]:
    """Open rows, each file's key once. What is of a shredded file cannot be opened any more and is left out.

    Raises: SealBroken.
    """
    ciphers = vault.ciphers_for(session, {row.subject_id for row in rows})
    opened = [_opened(ciphers[row.subject_id], row) for row in rows if row.subject_id in ciphers]
    put_back(session, [view for view, has_parts in opened if has_parts])
    return [view for view, _ in opened]


def written_of(session: Session, rows: Sequence[Any]) -> list[WrittenView]:
    """The same rows as `views_of`, ready to be answered whole. Raises: SealBroken."""
    ciphers = vault.ciphers_for(session, {row.subject_id for row in rows})
    kept = [row for row in rows if row.subject_id in ciphers]
    made = [_written(ciphers[row.subject_id], row) for row in kept]
    # What cannot be made of its bytes alone is read.
    views = iter(views_of(session, [row for row, one in zip(kept, made, strict=True) if one is None]))
    return [
        WrittenView(
            id=row.id,
            type=row.type,
            author=row.author,
            subject_id=row.subject_id,
            written=text.write(next(views).as_fhir()) if one is None else one,
        )
        for row, one in zip(kept, made, strict=True)
    ]


def _written(cipher: vault.Cipher, row: Any) -> bytes | None:
    raw = cipher.unseal(resources.c.body_sealed, _place(row.id, row.version), row.body_sealed)
    if row.is_deleted or attachments.is_marked(raw):
        return None
    return spliced(raw, resource_id=row.id, version=row.version, recorded_at=row.recorded_at)


def _opened(cipher: vault.Cipher, row: Any) -> tuple[ResourceView, bool]:
    """A version, and whether attachments of it stand outside the row."""
    raw = cipher.unseal(resources.c.body_sealed, _place(row.id, row.version), row.body_sealed)
    view = ResourceView(
        id=row.id,
        type=row.type,
        version=row.version,
        author=row.author,
        recorded_at=row.recorded_at,
        body=text.read(raw),
        subject_id=row.subject_id,
        is_deleted=row.is_deleted,
    )
    return view, attachments.is_marked(raw)


def row_of(session: Session, view: ResourceView) -> Mapping[str, Any]:
    """The row of a new current version, its body sealed under the resident's key."""
    raw = text.write(view.body)
    place = _place(view.id, view.version)
    return {
        "subject_id": view.subject_id,
        "id": view.id,
        "version": view.version,
        "type": view.type,
        "author": view.author,
        "is_current": True,
        "is_deleted": view.is_deleted,
        "body_sealed": vault.seal(session, resources.c.body_sealed, view.subject_id, place, raw),
        "recorded_at": view.recorded_at,
        "labels": sorted(access.digest_of(session.keys, label) for label in labels_in(view.body)),
        "dated_on": day_of(view.body),
        "indexed_as": INDEX_VERSION,
    }


def _place(resource_id: UUID, version: int) -> UUID:
    """The seal's row id carries the version: an old version never opens in a newer one's place."""
    return UUID(int=resource_id.int ^ version)
