"""Writing a new resource into a file."""

from typing import Any

from health_file.actions.conditions import find_match, take_turns
from health_file.actions.consents import give_consent
from health_file.actions.owner import owner_of
from health_file.actions.read import read_resource
from health_file.actions.views import ResourceView
from health_file.actions.writing import require_author, write_version
from health_file.fhir.query import Query
from health_file.fhir.validation import validate
from services import audit, ids
from services.actor import Actor, ActorKind
from services.database.session import Session


def create_unless_found(
    session: Session, actor: Actor, query: Query, *, resource: dict[str, Any]
) -> tuple[ResourceView, bool]:
    """Create a resource unless one that the writer sees matches; the resource, and whether it is new.

    Standard: FHIR R4 http.html#ccreate. Writers with the same condition go one after the other, so that of any number
        at once one creates and the others find what it made.
    Access: as create_resource and search. Effects: audit health_file.resource.created, or .read of the match.
    Raises: SeveralMatches 412, and what create_resource raises.
    """
    require_author(actor, query.resource_type)
    take_turns(session, [query])
    match = find_match(session, actor, query)
    if match is None:
        return create_resource(session, actor, resource_type=query.resource_type, resource=resource), True
    found = read_resource(session, actor, resource_type=query.resource_type, resource_id=match.id)
    return found, False


def create_resource(
    session: Session, actor: Actor, *, resource_type: str, resource: dict[str, Any]
) -> ResourceView:
    """Validate and keep a new resource in the file of the resident that it names, or on a shelf.

    Standard: FHIR R4 http.html#create. The body is kept as it was sent, byte for byte in meaning.
    Access: scope health_file:write; a practitioner's or clinic system's organisation is the author. A resident writes
        Consents (`give_consent`), and nothing else.
    Effects: resource version 1, audit health_file.resource.created.
    Raises: TypeNotSupported 404, TypeReadOnly 405, ResourceInvalid 422, ResidentUnknown 422, SeveralResidents 422,
        PatientAlreadyHeld 409.
    """
    if resource_type == "Consent" and actor.kind is ActorKind.RESIDENT:
        return give_consent(session, actor, resource=resource)
    author = require_author(actor, resource_type)
    validate(resource, resource_type)
    view = ResourceView(
        id=ids.new_id(),
        type=resource_type,
        version=1,
        author=author,
        recorded_at=session.at,
        body=resource,
        subject_id=owner_of(session, author, resource),
    )
    write_version(session, actor, view)
    details = {"resource_id": str(view.id), "type": resource_type, "author": author}
    audit.append(session, actor, "health_file.resource.created", subject_id=view.subject_id, details=details)
    return view
