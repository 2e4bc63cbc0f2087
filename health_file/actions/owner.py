"""Whose file a resource belongs to."""

from typing import Any
from uuid import UUID

from health_file import store
from health_file.errors import ResidentUnknown
from health_file.rules import id_numbers_of, patient_reference_of
from services.database.session import Session
from services.gateway.directory import find_resident


def owner_of(session: Session, resource_type: str, resource: dict[str, Any]) -> UUID:
    """The resident that a resource is about: by ID number for a Patient, by reference for all else.

    Effects: the transaction reaches that resident from here on. Raises: ResidentUnknown 422.
    """
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
