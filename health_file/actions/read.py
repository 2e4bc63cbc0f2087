"""Reading resources, their older versions and their history."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from health_file import store
from health_file.actions.disclosure import record_disclosure, record_question
from health_file.actions.views import ResourceView, view_of, views_of
from health_file.errors import ResourceDeleted, TypeNotSupported
from health_file.rules import HELD_TYPES
from services import audit
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import NotFound


def read_resource(
    session: Session, actor: Actor, *, resource_type: str, resource_id: UUID, version: int | None = None
) -> ResourceView:
    """One resource: its current version, or the one named.

    Standard: FHIR R4 http.html#read, http.html#vread.
    Access: scope health_file:read; what `visible_to` lets the actor see.
    Effects: audit health_file.resource.read, which the resident sees.
    Raises: NotFound 404, ResourceDeleted 410.
    """
    row = store.find_resource(session, actor, resource_type, resource_id, version)
    if row is None:
        raise NotFound
    if row.is_deleted:
        raise ResourceDeleted
    view = view_of(session, row)
    details = {"resource_id": str(row.id), "type": row.type}
    record_disclosure(session, actor, "health_file.resource.read", [view], details=details)
    return view


def list_versions(
    session: Session,
    actor: Actor,
    *,
    resource_type: str,
    resource_id: UUID,
    limit: int,
    before: int | None = None,
    since: datetime | None = None,
) -> tuple[Sequence[ResourceView], int]:
    """Versions of one resource, newest first, deletions among them, and how many there are.

    Standard: FHIR R4 http.html#history; `before` is a version, `since` an instant.
    Access: scope health_file:read; what `visible_to` lets the actor see.
    Effects: audit health_file.history.read. Raises: NotFound 404.
    """
    total = store.count_versions(session, actor, resource_type, resource_id, since=since)
    rows = store.list_versions(
        session, actor, resource_type, resource_id, limit=limit, before=before, since=since
    )
    if not rows:
        if since is None or store.find_resource(session, actor, resource_type, resource_id, None) is None:
            raise NotFound
        return [], total
    views = [view_of(session, row) for row in rows]
    details: audit.Details = {"resource_id": str(resource_id), "type": resource_type, "count": len(rows)}
    record_disclosure(session, actor, "health_file.history.read", views, details=details)
    return views, total


def list_changes(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    resource_type: str | None = None,
    before: store.Change | None = None,
    since: datetime | None = None,
) -> Sequence[ResourceView]:
    """Versions of all resources, or of all of a type, newest first, deletions among them.

    Standard: FHIR R4 http.html#history at the level of a type and of the system. Without a total: it would be counted
        over every version there is.
    Access: scope health_file:read; what `visible_to` lets the actor see.
    Effects: audit health_file.history.read for each resident. Raises: TypeNotSupported 404.
    """
    if resource_type is not None and resource_type not in HELD_TYPES:
        raise TypeNotSupported
    rows = store.list_changes(
        session, actor, resource_type=resource_type, limit=limit, before=before, since=since
    )
    views = views_of(session, rows)
    types = sorted({view.type for view in views}) or ([resource_type] if resource_type else [])
    if views:
        details: audit.Details = {"types": types, "count": len(views)}
        record_disclosure(session, actor, "health_file.history.read", views, details=details)
    elif actor.kind is ActorKind.RESIDENT and actor.subject is not None:
        record_question(session, actor, [actor.subject], types=types, parameters=["_history"])
    return views


def list_resources(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
    resource_type: str | None = None,
) -> list[ResourceView]:
    """Resources the actor sees, newest first.

    Access: scope health_file:read. Effects: one audit row health_file.resources.read.
    """
    rows = store.list_resources(session, actor, resource_type=resource_type, limit=limit, after=after)
    views = [view_of(session, row) for row in rows]
    if views:
        details: audit.Details = {"types": sorted({view.type for view in views}), "count": len(views)}
        record_disclosure(session, actor, "health_file.resources.read", views, details=details)
    return views
