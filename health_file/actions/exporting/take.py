"""Taking the files of an export: authorised again, line by line, when they leave."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.disclosure import record_disclosure
from health_file.actions.exporting.ask import read_export
from health_file.actions.exporting.wanted import State
from health_file.actions.views import ResourceView
from health_file.models import export_chunks
from health_file.sealing import file_cipher
from services import vault
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file of a finished export."""

    number: int
    listed: str
    type: str
    count: int


def list_files(session: Session, export: Any) -> list[ExportFile]:
    """The files of a finished export, as they were gathered."""
    if export.state != State.COMPLETE:
        return []
    rows = store.list_files(session, export.subject_id, export.id)
    return [ExportFile(row.file, row.list, row.type, row.lines) for row in rows]


def take_file(session: Session, actor: Actor, export_id: UUID, file: int) -> bytes:
    """The lines of one file that the actor may see now: what was withdrawn since it was gathered is left out.

    Access: who asked for the export; each line passes the predicate of the file again.
    Effects: audit health_file.export.taken, about every resident in it. Raises: NotFound 404.
    """
    export = read_export(session, actor, export_id)
    if export.state != State.COMPLETE:
        raise NotFound
    chunks = store.list_export_chunks(session, export.subject_id, export_id, file)
    if not chunks:
        raise NotFound
    lines: list[bytes] = []
    shown: list[ResourceView] = []
    cipher = file_cipher(session, export.subject_id)
    for chunk in chunks:
        places = list(zip(chunk.owners, chunk.ids, chunk.versions, strict=True))
        visible = store.list_visible(session, actor, chunk.type, places)
        raw = cipher.unseal(
            export_chunks.c.content_sealed,
            vault.seal_place(export_id, chunk.file, chunk.number),
            chunk.content_sealed,
        )
        for place, line in zip(places, raw.splitlines(keepends=True), strict=True):
            if place in visible:
                lines.append(line)
                shown.append(_shown(session, chunk.type, place, visible[place]))
    record_disclosure(
        session,
        actor,
        "health_file.export.taken",
        shown,
        details={"export_id": str(export.id), "kind": export.kind, "types": [chunks[0].type]},
    )
    return b"".join(lines)


def _shown(session: Session, resource_type: str, place: tuple[UUID, UUID, int], author: str) -> ResourceView:
    owner, own, version = place
    return ResourceView(
        id=own,
        type=resource_type,
        version=version,
        author=author,
        recorded_at=session.at,
        body={},
        subject_id=owner,
    )
