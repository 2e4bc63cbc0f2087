"""The use cases of the health file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from health_file import store
from health_file.access import author_of
from health_file.errors import PatientAlreadyHeld, ResidentUnknown, TypeNotSupported
from health_file.fhir import text
from health_file.fhir.validation import validate
from health_file.models import resources
from health_file.rules import HELD_TYPES, id_numbers_of, patient_reference_of
from services import audit, ids, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied, NotFound
from services.gateway.directory import find_resident


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceView:
    """A stored resource: its server-side facts and its body as it was sent."""

    id: UUID
    type: str
    version: int
    author: str
    recorded_at: datetime
    body: dict[str, Any]
    subject_id: UUID

    def as_fhir(self) -> dict[str, Any]:
        """The resource with the id, version and instant that the server gave it."""
        meta = {
            **self.body.get("meta", {}),
            "versionId": str(self.version),
            "lastUpdated": self.recorded_at.isoformat(timespec="milliseconds"),
        }
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
    resource_id = ids.new_id()
    subject_id = _owner(session, resource_type, resource)
    if resource_type == "Patient" and not store.claim_patient_place(session, subject_id, resource_id):
        raise PatientAlreadyHeld
    store.add_resource(session, _values(session, subject_id, resource_id, 1, resource_type, author, resource))
    details = {"resource_id": str(resource_id), "type": resource_type, "author": author}
    audit.append(session, actor, "health_file.resource.created", subject_id=subject_id, details=details)
    return ResourceView(
        id=resource_id,
        type=resource_type,
        version=1,
        author=author,
        recorded_at=session.at,
        body=resource,
        subject_id=subject_id,
    )


def read_resource(session: Session, actor: Actor, *, resource_type: str, resource_id: UUID) -> ResourceView:
    """One resource, current version.

    Access: scope health_file:read; the resident, or the clinic that wrote it.
    Effects: audit health_file.resource.read, which the resident sees. Raises: NotFound 404.
    """
    row = store.find_resource(session, actor, resource_type, resource_id)
    if row is None:
        raise NotFound
    details = {"resource_id": str(row.id), "type": row.type}
    audit.append(session, actor, "health_file.resource.read", subject_id=row.subject_id, details=details)
    return _view(session, row)


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
    views = [_view(session, row) for row in rows]
    if views:
        audit.append(
            session,
            actor,
            "health_file.resources.read",
            subject_ids=[view.subject_id for view in views],
            details={"types": sorted({view.type for view in views}), "count": len(views)},
        )
    return views


def _owner(session: Session, resource_type: str, resource: dict[str, Any]) -> UUID:
    """Whose file a resource belongs to: by ID number for a Patient, by reference for all else."""
    if resource_type == "Patient":
        found = {find_resident(session, number) for number in id_numbers_of(resource)}
        owner = found.pop() if len(found) == 1 else None
    else:
        reference = patient_reference_of(resource)
        owner = store.find_owner(session, _uuid(reference), "Patient") if reference else None
    if owner is None:
        raise ResidentUnknown
    session.raw("SELECT gateway.reach(%s)", (owner,))
    return owner


def _uuid(reference: str) -> UUID:
    try:
        return UUID(reference)
    except ValueError:
        raise ResidentUnknown from None


def _values(
    session: Session,
    subject_id: UUID,
    resource_id: UUID,
    version: int,
    resource_type: str,
    author: str,
    body: dict[str, Any],
) -> dict[str, Any]:
    raw = text.write(body)
    place = _place(resource_id, version)
    return {
        "subject_id": subject_id,
        "id": resource_id,
        "version": version,
        "type": resource_type,
        "author": author,
        "is_current": True,
        "body_sealed": vault.seal(session, resources.c.body_sealed, subject_id, place, raw),
        "recorded_at": session.at,
    }


def _view(session: Session, row: Any) -> ResourceView:
    cipher = vault.cipher_for(session, row.subject_id)
    raw = cipher.unseal(resources.c.body_sealed, _place(row.id, row.version), row.body_sealed)
    return ResourceView(
        id=row.id,
        type=row.type,
        version=row.version,
        author=row.author,
        recorded_at=row.recorded_at,
        body=text.read(raw),
        subject_id=row.subject_id,
    )


def _place(resource_id: UUID, version: int) -> UUID:
    """The seal's row id carries the version: an old version never opens in a newer one's place."""
    return UUID(int=resource_id.int ^ version)
