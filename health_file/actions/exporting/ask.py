"""Asking for an export, following it, giving it up."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access import author_of
from health_file.actions.exporting.asker import actor_of, is_same, kept
from health_file.actions.exporting.wanted import TRANSITIONS, TYPES, Kind, State, Wanted
from health_file.actions.owner import reach, shelf_of
from health_file.errors import ParameterInvalid, TooManyExports
from services import audit, ids, jobs
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import Denied, NotFound

LASTS = timedelta(hours=24)
# So many at once of one resident or unit; each reads a whole file or a whole institution's.
MOST_AT_ONCE = 3
RUN_EXPORT = "health_file.run_export"
EXPIRE_EXPORT = "health_file.expire_export"
# Who may ask for which: bulk data of many is for institutions' own systems.
ALLOWED = {
    ActorKind.RESIDENT: frozenset({Kind.PATIENT, Kind.ARCHIVE}),
    ActorKind.CLIENT: frozenset({Kind.PATIENT, Kind.GROUP, Kind.SYSTEM}),
}


def ask_for_export(session: Session, actor: Actor, wanted: Wanted, *, group: str = "") -> UUID:
    """Begin an export or an archive; its id.

    Standard: Bulk Data Access 2.0.0, kick-off. A `group` is an institution's own: the residents whose files it may see.
    Access: scope health_file:read; residents their own file or a child's, an institution's system what it may see.
    Effects: an export in state accepted, its jobs, audit health_file.export.requested.
    Raises: Denied 403, NotFound 404 for another unit's group, ParameterInvalid 400, TooManyExports 429.
    """
    if wanted.kind not in ALLOWED.get(actor.kind, frozenset()):
        raise Denied
    if wanted.kind is Kind.GROUP and group != actor.unit:
        raise NotFound
    allowed = TYPES[wanted.kind]
    if unknown := set(wanted.types) - set(allowed):
        raise ParameterInvalid("_type", " | ".join(allowed), "not-supported" if unknown else "value")
    owner = _owner(session, actor)
    if store.count_running_exports(session, owner) >= MOST_AT_ONCE:
        raise TooManyExports
    export_id = ids.new_id()
    store.add_export(
        session,
        {
            "subject_id": owner,
            "id": export_id,
            "kind": wanted.kind.value,
            "state": State.ACCEPTED.value,
            "asker": kept(actor),
            "request": wanted.request,
            "language": wanted.language,
            "types": list(wanted.types or allowed),
            "since_at": wanted.since,
            "stage": 0,
            "done": 0,
            "created_at": session.at,
            "expires_at": session.at + LASTS,
        },
    )
    jobs.enqueue(session, actor, RUN_EXPORT, subject_id=owner, export_id=str(export_id))
    jobs.enqueue(
        session, actor, EXPIRE_EXPORT, subject_id=owner, run_at=session.at + LASTS, export_id=str(export_id)
    )
    _note(session, actor, "health_file.export.requested", owner, export_id, wanted.kind.value)
    return export_id


def read_export(session: Session, actor: Actor, export_id: UUID) -> Any:
    """How far an export has come, for who asked for it; to others it is not there. Raises: NotFound 404."""
    row = store.find_export(session, _owner(session, actor), export_id)
    if row is None or row.state == State.EXPIRED or row.expires_at <= session.at:
        raise NotFound
    if not is_same(actor_of(row.asker), actor):
        raise NotFound
    return row


def cancel_export(session: Session, actor: Actor, export_id: UUID) -> None:
    """Give an export up, or its files before their time is over.

    Effects: state expired, files deleted, audit health_file.export.cancelled. Raises: NotFound 404.
    """
    row = read_export(session, actor, export_id)
    move(session, row, "expire")
    store.delete_export_chunks(session, row.subject_id, export_id)
    _note(session, actor, "health_file.export.cancelled", row.subject_id, export_id, row.kind)


def move(session: Session, row: Any, event: str, **values: Any) -> bool:
    """One step of the state table by a guarded update; whether it was this transaction's to take."""
    following = TRANSITIONS.get((State(row.state), event))
    if following is None:
        return False
    return store.change_export(
        session, row.subject_id, row.id, row.state, {"state": following.value, **values}
    )


def _owner(session: Session, actor: Actor) -> UUID:
    """In whose place the export is kept: the resident's, or the shelf of the institution."""
    if actor.kind is ActorKind.RESIDENT and actor.subject is not None:
        return actor.subject
    unit = author_of(actor)
    if unit is None:
        raise NotFound
    shelf = shelf_of(session, unit, "Binary")
    reach(session, shelf)
    return shelf


def _note(session: Session, actor: Actor, event: str, owner: UUID, export_id: UUID, kind: str) -> None:
    details: audit.Details = {"export_id": str(export_id), "kind": kind}
    about = owner if actor.kind is ActorKind.RESIDENT else None
    audit.append(session, actor, event, subject_id=about, details=details)
