"""Changing and deleting a resource: each is a new version, and the older ones stay."""

from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.conditions import find_match, take_turns
from health_file.actions.consents import change_consent
from health_file.actions.create import create_resource
from health_file.actions.owner import owner_of, reach
from health_file.actions.patching import patched
from health_file.actions.views import ResourceView
from health_file.actions.writing import following, require_author, write_version
from health_file.errors import (
    DeletionNotAllowed,
    IdMismatch,
    Issue,
    ResidentChanged,
    ResourceDeleted,
    ResourceInvalid,
    VersionOutdated,
)
from health_file.fhir.patches import Patch
from health_file.fhir.query import Query
from health_file.fhir.validation import validate
from services import audit
from services.actor import Actor, ActorKind
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
    Access: scope health_file:write; the clinic that wrote it. A resident changes Consents (`change_consent`).
    Effects: the next version, by a guarded update, so that of two at once one fails; audit
        health_file.resource.updated.
    Raises: NotFound 404, ResourceDeleted 410, VersionOutdated 412, ResourceInvalid 422, IdMismatch 400,
        ResidentChanged 422.
    """
    if resource_type == "Consent" and actor.kind is ActorKind.RESIDENT:
        return change_consent(session, actor, resource_id=resource_id, seen=seen, resource=resource)
    author, row = _current(session, actor, resource_type, resource_id, seen)
    validate(resource, resource_type)
    if resource.get("id") != str(resource_id):
        raise IdMismatch(resource_type)
    return _change(session, actor, author, row, resource)


def patch_resource(
    session: Session, actor: Actor, *, resource_type: str, resource_id: UUID, seen: int, patch: Patch
) -> ResourceView:
    """Change what a patch names of the version that the writer has seen.

    Standard: FHIR R4 http.html#patch, RFC 6902, fhirpatch.html. The result is validated as a whole.
    Access and effects: as change_resource. Raises: as change_resource, PatchInvalid 400, PatchFailed 422.
    """
    author, row = _current(session, actor, resource_type, resource_id, seen)
    resource = patched(session, row, patch)
    validate(resource, resource_type)
    return _change(session, actor, author, row, resource)


def change_found(
    session: Session, actor: Actor, query: Query, *, resource: dict[str, Any], seen: int | None
) -> tuple[ResourceView, bool]:
    """Change the one resource that matches, or create it where none does; the resource, and whether it is new.

    Standard: FHIR R4 http.html#cond-update. Writers with the same condition go one after the other, so that of any
        number at once one creates and the others change what it made. Only this server gives ids.
    Access and effects: as create_resource and change_resource.
    Raises: SeveralMatches 412, VersionOutdated 412, IdMismatch 400, and what those raise.
    """
    require_author(actor, query.resource_type)
    take_turns(session, [query])
    match = find_match(session, actor, query)
    if match is None:
        if seen is not None:
            raise VersionOutdated
        if isinstance(resource, dict) and "id" in resource:
            where = f"{query.resource_type}.id"
            raise ResourceInvalid([Issue(where, "none: this server gives the ids", "business-rule")])
        return create_resource(session, actor, resource_type=query.resource_type, resource=resource), True
    author, row = _current(session, actor, query.resource_type, match.id, seen or match.version)
    validate(resource, query.resource_type)
    if resource.get("id", str(row.id)) != str(row.id):
        raise IdMismatch(query.resource_type)
    return _change(session, actor, author, row, resource), False


def patch_found(
    session: Session, actor: Actor, query: Query, *, seen: int | None, patch: Patch
) -> ResourceView:
    """Patch the one resource that matches.

    Standard: FHIR R4 http.html#patch. Access, effects and raises: as patch_resource; NotFound 404 where none
    matches, SeveralMatches 412.
    """
    require_author(actor, query.resource_type)
    take_turns(session, [query])
    match = find_match(session, actor, query)
    if match is None:
        raise NotFound
    return patch_resource(
        session,
        actor,
        resource_type=query.resource_type,
        resource_id=match.id,
        seen=seen or match.version,
        patch=patch,
    )


def _current(
    session: Session, actor: Actor, resource_type: str, resource_id: UUID, seen: int
) -> tuple[str, Any]:
    """The version that the writer has seen, if it still is the current one."""
    author, row = _found(session, actor, resource_type, resource_id)
    if row.is_deleted:
        raise ResourceDeleted
    if row.version != seen:
        raise VersionOutdated
    return author, row


def _change(session: Session, actor: Actor, author: str, row: Any, resource: dict[str, Any]) -> ResourceView:
    """Keep a validated next version."""
    if owner_of(session, author, resource) != row.subject_id:
        raise ResidentChanged
    view = following(session, row, author, resource)
    write_version(session, actor, view)
    audit.append(
        session, actor, "health_file.resource.updated", subject_id=row.subject_id, details=_details(view)
    )
    return view


def delete_found(session: Session, actor: Actor, query: Query, *, seen: int | None) -> ResourceView | None:
    """End the one resource that matches; None where none does.

    Standard: FHIR R4 http.html#2.42.0.8.1, conditional delete of a single match.
    Access and effects: as delete_resource. Raises: SeveralMatches 412, and what that raises.
    """
    require_author(actor, query.resource_type)
    take_turns(session, [query])
    match = find_match(session, actor, query)
    if match is None:
        return None
    return delete_resource(session, actor, resource_type=query.resource_type, resource_id=match.id, seen=seen)


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
