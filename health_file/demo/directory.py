"""The city's clinics and doctors in the directory: Organization, Practitioner, PractitionerRole."""

from collections.abc import Callable, Mapping
from typing import Any

from health_file import actions
from health_file.rules import UNIT_SYSTEM
from services.actor import Actor
from services.database.session import Session
from services.demo.city import City, StaffMember

STAFF_SYSTEM = "urn:citizen:staff"


def open_directory(
    session: Session, city: City, author_of: Callable[[StaffMember], Actor]
) -> Mapping[str, str]:
    """Enter every clinic and every doctor; their references by unit code and by user name."""
    found: dict[str, str] = {}
    doctors = city.staff_in("practitioner")
    for clinic in city.clinics:
        writer = author_of(next(one for one in doctors if one.unit == clinic.code))
        body = {
            "identifier": [{"system": UNIT_SYSTEM, "value": clinic.code}],
            "active": True,
            "type": [{"text": "医疗机构"}],
            "name": clinic.name,
            "alias": [clinic.name_en],
        }
        found[clinic.code] = _add(session, writer, "Organization", body)
    for doctor in doctors:
        writer = author_of(doctor)
        body = {
            "identifier": [{"system": STAFF_SYSTEM, "value": str(doctor.subject_id)}],
            "active": True,
            "name": [{"text": doctor.name}],
            "qualification": [{"code": {"text": "执业医师"}}],
        }
        found[doctor.username] = _add(session, writer, "Practitioner", body)
        role = {
            "active": True,
            "practitioner": {"reference": found[doctor.username], "display": doctor.name},
            "organization": {"reference": found[doctor.unit]},
            "code": [{"text": "全科医生"}],
        }
        _add(session, writer, "PractitionerRole", role)
    return found


def _add(session: Session, writer: Actor, resource_type: str, body: Mapping[str, Any]) -> str:
    resource = {"resourceType": resource_type, **body}
    view = actions.create_resource(session, writer, resource_type=resource_type, resource=resource)
    return f"{resource_type}/{view.id}"
