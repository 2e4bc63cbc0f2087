"""Writing a new resource into a file."""

from typing import Any

from health_file import store
from health_file.access import author_of
from health_file.actions.owner import owner_of
from health_file.actions.views import ResourceView, row_of
from health_file.errors import PatientAlreadyHeld, TypeNotSupported
from health_file.fhir.validation import validate
from health_file.rules import HELD_TYPES
from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied


def create_resource(
    session: Session, actor: Actor, *, resource_type: str, resource: dict[str, Any]
) -> ResourceView:
    """Validate and keep a new resource in the file of the resident that it names.

    Standard: FHIR R4 http.html#create. The body is kept as it was sent, byte for byte in meaning.
    Access: scope health_file:write; a practitioner's or clinic system's organisation is the author.
    Effects: resource version 1, audit health_file.resource.created.
    Raises: TypeNotSupported 404, ResourceInvalid 422, ResidentUnknown 422, PatientAlreadyHeld 409.
    """
    author = author_of(actor)
    if author is None:
        raise Denied
    if resource_type not in HELD_TYPES:
        raise TypeNotSupported
    validate(resource, resource_type)
    view = ResourceView(
        id=ids.new_id(),
        type=resource_type,
        version=1,
        author=author,
        recorded_at=session.at,
        body=resource,
        subject_id=owner_of(session, resource_type, resource),
    )
    if resource_type == "Patient" and not store.claim_patient_place(session, view.subject_id, view.id):
        raise PatientAlreadyHeld
    store.add_resource(session, row_of(session, view))
    details = {"resource_id": str(view.id), "type": resource_type, "author": author}
    audit.append(session, actor, "health_file.resource.created", subject_id=view.subject_id, details=details)
    return view
