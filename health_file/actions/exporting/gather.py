"""Gathers an export page by page, each in a transaction of its own, so that a killed worker's successor goes on."""

from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.exporting.ask import RUN_EXPORT, move
from health_file.actions.exporting.asker import actor_of
from health_file.actions.exporting.wanted import Kind, State
from health_file.actions.views import ResourceView, views_of
from health_file.fhir import text
from health_file.models import export_chunks
from health_file.sealing import file_cipher
from services import vault
from services.actor import Actor
from services.database.session import Session

__all__ = ["RUN_EXPORT", "expire_export", "fail_export", "gather_export"]

PAGE = 200
# A file of more lines is two.
FILE_LINES = 10_000


def gather_export(session: Session, actor: Actor, *, export_id: UUID) -> bool:
    """One page of an export; whether there is more to do.

    Access: the job's; what is read is what the asker may see at this moment.
    Effects: one chunk, and how far it has come, by a guarded update: of two workers on one export one writes a page.
    """
    if actor.subject is None:
        return False
    row = store.lock_export(session, actor.subject, export_id)
    if row is None or row.state not in {State.ACCEPTED, State.RUNNING}:
        return False
    if row.expires_at <= session.at:
        move(session, row, "fail", ended_at=session.at)
        return False
    if row.state == State.ACCEPTED:
        return move(session, row, "start")
    stages = stages_of(row)
    if row.stage >= len(stages):
        move(session, row, "finish", ended_at=session.at)
        return False
    listed, resource_type = stages[row.stage]
    rows = store.list_for_export(
        session,
        actor_of(row.asker),
        resource_type,
        export=row,
        is_deleted=listed == "deleted",
        limit=PAGE,
        all_versions=row.kind == Kind.ARCHIVE,
    )
    views = views_of(session, rows)
    if views:
        _write_chunk(session, row, listed, resource_type, views)
    ahead: dict[str, Any] = {"done": row.done + len(views)}
    if len(rows) < PAGE:
        ahead |= {"stage": row.stage + 1, "last_owner": None, "last_id": None, "last_version": None}
    else:
        last = rows[-1]
        ahead |= {"last_owner": last.subject_id, "last_id": last.id, "last_version": last.version}
    store.change_export(session, row.subject_id, row.id, row.state, ahead)
    return True


def stages_of(export: Any) -> list[tuple[str, str]]:
    """What is gathered one after the other: each type, and with `_since` what was deleted since."""
    stages = [("output", one) for one in export.types]
    return stages + [("deleted", one) for one in export.types if export.since_at is not None]


def fail_export(session: Session, actor: Actor, *, export_id: UUID) -> None:
    """Give up an export that cannot be gathered. Safe to repeat."""
    row = None if actor.subject is None else store.lock_export(session, actor.subject, export_id)
    if row is not None:
        move(session, row, "fail", ended_at=session.at)


def expire_export(session: Session, actor: Actor, *, export_id: UUID) -> None:
    """End an export whose time is over: its files are deleted. Safe to repeat."""
    if actor.subject is None:
        return
    row = store.lock_export(session, actor.subject, export_id)
    if row is not None:
        move(session, row, "expire")
        store.delete_export_chunks(session, row.subject_id, export_id)


def _write_chunk(
    session: Session, row: Any, listed: str, resource_type: str, views: list[ResourceView]
) -> None:
    lines = b"".join(line_of(view) + b"\n" for view in views)
    # Stages may be many, lines in each more; a file is a stage, or each ten thousand lines of it.
    file, number = store.next_chunk(session, row.subject_id, row.id, row.stage * 1000, FILE_LINES // PAGE)
    store.add_export_chunk(
        session,
        {
            "subject_id": row.subject_id,
            "export_id": row.id,
            "file": file,
            "number": number,
            "list": listed,
            "type": resource_type,
            "owners": [view.subject_id for view in views],
            "ids": [view.id for view in views],
            "versions": [view.version for view in views],
            "content_sealed": file_cipher(session, row.subject_id).seal(
                export_chunks.c.content_sealed, vault.seal_place(row.id, file, number), lines
            ),
        },
    )


def line_of(view: ResourceView) -> bytes:
    """A resource as one line; a deletion as the transaction that repeats it (Bulk Data, output file: deleted)."""
    if not view.is_deleted:
        return text.write(view.as_fhir())
    request = {"method": "DELETE", "url": f"{view.type}/{view.id}"}
    return text.write({"resourceType": "Bundle", "type": "transaction", "entry": [{"request": request}]})
