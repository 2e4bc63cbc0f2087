"""Changing and deleting a resource: each is a new version, and the older ones stay."""

from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.owner import owner_of, reach
from health_file.actions.views import ResourceView
from health_file.actions.writing import following, require_author, write_version
from health_file.errors import (
    DeletionNotAllowed,
    IdMismatch,
    ResidentChanged,
    ResourceDeleted,
    VersionOutdated,
)
from health_file.fhir.validation import validate
from services import audit
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied, NotFound


def change_resource(
    session: Session,
    actor: Actor,
    *,
    resource_type: str,
    resource_id: UUID,
    seen: int,
    resource: dict[str, Any],
) -> ResourceView:
    """Put a new version in the place of the one that the writer has seen.

    Standard: FHIR R4 http.html#update; the body names its own id.
    Access: scope health_file:write; the clinic that wrote it.
    Effects: the next version, by a guarded update, so that of two at once one fails; audit
        health_file.resource.updated.
    Raises: NotFound 404, ResourceDeleted 410, VersionOutdated 412, ResourceInvalid 422, IdMismatch 400,
        ResidentChanged 422.
    """
    author, row = _found(session, actor, resource_type, resource_id)
    if row.is_deleted:
        raise ResourceDeleted
    if row.version != seen:
        raise VersionOutdated
    validate(resource, resource_type)
    if resource.get("id") != str(resource_id):
        raise IdMismatch(resource_type)
    if owner_of(session, author, resource) != row.subject_id:
        raise ResidentChanged
    view = following(session, row, author, resource)
    write_version(session, actor, view)
    audit.append(
        session, actor, "health_file.resource.updated", subject_id=row.subject_id, details=_details(view)
    )
    return view


def delete_resource(
    session: Session, actor: Actor, *, resource_type: str, resource_id: UUID, seen: int | None
) -> ResourceView | None:
    """End a resource; None when it was deleted before.

    Standard: FHIR R4 http.html#delete. A Patient is not deleted: the file ends by erasure alone.
    Access: scope health_file:write; the clinic that wrote it.
    Effects: a last version without a body, audit health_file.resource.deleted.
    Raises: NotFound 404, DeletionNotAllowed 405, VersionOutdated 412.
    """
    if resource_type == "Patient":
        raise DeletionNotAllowed
    author, row = _found(session, actor, resource_type, resource_id)
    if row.is_deleted:
        return None
    if seen is not None and row.version != seen:
        raise VersionOutdated
    reach(session, row.subject_id)
    view = following(session, row, author, None)
    write_version(session, actor, view)
    audit.append(
        session, actor, "health_file.resource.deleted", subject_id=row.subject_id, details=_details(view)
    )
    return view


def _found(session: Session, actor: Actor, resource_type: str, resource_id: UUID) -> tuple[str, Any]:
    """The current version, which the actor sees and whose unit wrote it."""
    author = require_author(actor, resource_type)
    row = store.find_resource(session, actor, resource_type, resource_id, None)
    if row is None:
        raise NotFound
    if row.author != author:
        # Seen is not owned: what another unit wrote is answered by it alone.
        raise Denied
    return author, row


def _details(view: ResourceView) -> dict[str, Any]:
    return {"resource_id": str(view.id), "type": view.type, "author": view.author, "version": view.version}
