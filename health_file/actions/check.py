"""Whether a resource could be written, without writing it."""

from typing import Any
from uuid import UUID

from health_file import store
from health_file.actions.owner import check_staff, check_units, find_owners
from health_file.actions.writing import require_author
from health_file.errors import (
    DeletionNotAllowed,
    IdMismatch,
    PatientAlreadyHeld,
    ResidentChanged,
    ResidentUnknown,
    ResourceDeleted,
    SeveralResidents,
)
from health_file.fhir.validation import validate
from health_file.rules import DIRECTORY_TYPES, SHELF_TYPES, named_by
from services.actor import Actor
from services.database.session import Session
from services.errors import CitizenError, Denied, NotFound

MODES = ("create", "update", "delete")


def check_resource(
    session: Session,
    actor: Actor,
    *,
    resource_type: str,
    resource_id: UUID | None,
    resource: Any,
    mode: str | None,
) -> CitizenError | None:
    """What would refuse this resource; None where nothing would.

    Standard: FHIR R4 resource-operation-validate.html. Without a mode only the resource itself is judged; with one,
        also whether this writer could create, update or delete it now.
    Access: scope health_file:write; the resource of the address as for an update of it.
    Raises: NotFound 404, Denied 403, TypeNotSupported 404, TypeReadOnly 405.
    """
    author = require_author(actor, resource_type)
    row = _row(session, actor, resource_type, resource_id)
    try:
        if mode == "delete":
            _check_deletion(resource_type, row, author)
            return None
        validate(resource, resource_type)
        if mode is not None:
            owner = _owner(session, author, resource)
            if mode == "create":
                _check_creation(session, resource_type, owner)
            else:
                _check_update(resource, row, author, owner)
    except CitizenError as refusal:
        return refusal
    return None


def _row(session: Session, actor: Actor, resource_type: str, resource_id: UUID | None) -> Any:
    if resource_id is None:
        return None
    row = store.find_resource(session, actor, resource_type, resource_id, None)
    if row is None:
        raise NotFound
    return row


def _owner(session: Session, author: str, resource: dict[str, Any]) -> UUID | None:
    """The resident that it is about; None for what stands on a shelf."""
    if resource["resourceType"] in DIRECTORY_TYPES:
        check_units(author, resource)
        check_staff(session, author, resource)
        return None
    named, found = named_by(resource), find_owners(session, [resource])
    owners = {found[one] for one in (*named.references, *named.id_numbers) if one in found}
    if len(owners) > 1:
        raise SeveralResidents
    if not owners and resource["resourceType"] not in SHELF_TYPES:
        raise ResidentUnknown
    return owners.pop() if owners else None


def _check_creation(session: Session, resource_type: str, owner: UUID | None) -> None:
    if resource_type == "Patient" and owner and store.find_patient_id(session, owner) is not None:
        raise PatientAlreadyHeld


def _check_update(resource: dict[str, Any], row: Any, author: str, owner: UUID | None) -> None:
    if row is None:
        return
    if row.is_deleted:
        raise ResourceDeleted
    if row.author != author:
        raise Denied
    if resource.get("id") != str(row.id):
        raise IdMismatch(row.type)
    if owner is not None and owner != row.subject_id:
        raise ResidentChanged


def _check_deletion(resource_type: str, row: Any, author: str) -> None:
    if resource_type == "Patient":
        raise DeletionNotAllowed
    if row is not None and row.author != author:
        raise Denied
