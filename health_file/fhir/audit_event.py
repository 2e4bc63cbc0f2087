"""A disclosure as an AuditEvent. Pure.

Standard: FHIR R4 auditevent.html, in the shape of IHE BALP (Basic Audit Log Patterns, 1.1.3): who asked, through which
application, from which server, for whom, what was shown.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from health_file.access.purposes import SYSTEM as PURPOSES
from health_file.fhir.consent.rule import STAFF_SYSTEM
from health_file.rules import UNIT_SYSTEM

if TYPE_CHECKING:
    from health_file.actions.access_log import Reader, Reading, Visit

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
CLIENT_SYSTEM = "urn:citizen:client"
BASIS_SYSTEM = "urn:citizen:disclosure-basis"
READ_PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead"
# How each kind of disclosure is called among FHIR's interactions.
INTERACTIONS: Mapping[str, tuple[str, str]] = {
    "health_file.resource.read": ("read", "R"),
    "health_file.history.read": ("history-instance", "R"),
    "health_file.resources.read": ("search-type", "E"),
    "health_file.resources.asked": ("search-type", "E"),
    "health_file.consents.read": ("search-type", "E"),
    "health_file.access_log.read": ("search-type", "E"),
}


def audit_event_of(reading: "Reading", patient: str, base_url: str) -> dict[str, Any]:
    """One disclosure of a file."""
    interaction, action = INTERACTIONS.get(reading.event, ("operation", "E"))
    event: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": str(reading.id),
        "type": _coding(f"{TERMINOLOGY}/audit-event-type", "rest"),
        "subtype": [_coding("http://hl7.org/fhir/restful-interaction", interaction)],
        "action": action,
        "recorded": reading.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "outcome": "0",
        "agent": [*_agents(reading), _server(base_url)],
        "source": {
            "observer": {"identifier": {"value": base_url}},
            "type": [_coding(f"{TERMINOLOGY}/security-source-type", "4")],
        },
        "entity": [_patient(patient), *(_shown(one) for one in reading.resources), *_consent(reading)],
    }
    if interaction == "read":
        event["meta"] = {"profile": [READ_PROFILE]}
    if reading.purpose:
        event["purposeOfEvent"] = [{"coding": [_coding(PURPOSES, reading.purpose)]}]
    return event


def _agents(reading: "Reading") -> list[dict[str, Any]]:
    reader = reading.reader
    person: dict[str, Any] = {
        "type": {"coding": [_coding(f"{TERMINOLOGY}/v3-ParticipationType", "IRCP")]},
        "who": who_of(reader),
        "requestor": True,
        # On which ground: a link of ours, or the Consent itself.
        "policy": [f"{BASIS_SYSTEM}:{reading.consent.partition(':')[0]}"],
    }
    if reader.name:
        person["name"] = reader.name
    if reading.purpose:
        person["purposeOfUse"] = [{"coding": [_coding(PURPOSES, reading.purpose)]}]
    agents = [person]
    if reader.unit:
        agents.append(
            {
                "type": {"coding": [_coding(f"{TERMINOLOGY}/v3-RoleClass", "PROV")]},
                "who": organisation_of(reader),
                "requestor": False,
            }
        )
    application = reader.client or "page"
    agents.append(
        {
            "type": {"coding": [_coding(DICOM, "110152", "Destination Role ID")]},
            "who": {
                "identifier": {"system": CLIENT_SYSTEM, "value": application},
                **({"display": reader.application} if reader.application else {}),
            },
            "requestor": reader.kind == "client",
        }
    )
    if reader.kind == "client":
        person["requestor"] = False
    return agents


def who_of(reader: "Reader") -> dict[str, Any]:
    """The one who read, by name where it is a person who works there."""
    if reader.person is not None:
        reference: dict[str, Any] = {
            "type": "Practitioner",
            "identifier": {"system": STAFF_SYSTEM, "value": str(reader.person)},
        }
        return {**reference, "display": reader.name} if reader.name else reference
    if reader.client is not None and reader.kind == "client":
        return {
            "identifier": {"system": CLIENT_SYSTEM, "value": reader.client},
            "display": reader.application,
        }
    return {"display": reader.kind}


def organisation_of(reader: "Reader") -> dict[str, Any]:
    """The unit for which somebody read."""
    found: dict[str, Any] = {
        "type": "Organization",
        "identifier": {"system": UNIT_SYSTEM, "value": reader.unit},
    }
    return {**found, "display": reader.organisation} if reader.organisation else found


def _server(base_url: str) -> dict[str, Any]:
    return {
        "type": {"coding": [_coding(DICOM, "110153", "Source Role ID")]},
        "who": {"identifier": {"value": base_url}},
        "requestor": False,
    }


def _patient(patient: str) -> dict[str, Any]:
    return {
        "what": {"reference": f"Patient/{patient}"},
        "type": _coding(f"{TERMINOLOGY}/audit-entity-type", "1"),
        "role": _coding(f"{TERMINOLOGY}/object-role", "1"),
    }


def _shown(reference: str) -> dict[str, Any]:
    return {
        "what": {"reference": reference},
        "type": _coding(f"{TERMINOLOGY}/audit-entity-type", "2"),
        "role": _coding(f"{TERMINOLOGY}/object-role", "4"),
    }


def _consent(reading: "Reading") -> list[dict[str, Any]]:
    """The Consent that let the reader in."""
    ground, _, own = reading.consent.partition(":")
    if ground != "consent":
        return []
    return [
        {
            "what": {"reference": f"Consent/{own}"},
            "type": _coding(f"{TERMINOLOGY}/audit-entity-type", "2"),
            "role": _coding(f"{TERMINOLOGY}/object-role", "13"),
        }
    ]


def access_log_of(visits: "list[Visit]") -> dict[str, Any]:
    """Who read a file, visit by visit, as Parameters: the answer of `$access-log`."""
    return {"resourceType": "Parameters", "parameter": [_visit(one) for one in visits]}


def _visit(visit: "Visit") -> dict[str, Any]:
    reader = visit.reader
    parts: list[dict[str, Any]] = [
        {"name": "reader", "valueReference": who_of(reader)},
        {
            "name": "period",
            "valuePeriod": {
                "start": visit.first_at.astimezone(UTC).isoformat(timespec="milliseconds"),
                "end": visit.last_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            },
        },
        {"name": "basis", "valueCode": visit.consent.partition(":")[0]},
    ]
    if reader.unit:
        parts.append({"name": "organization", "valueReference": organisation_of(reader)})
    if reader.client:
        client = {"identifier": {"system": CLIENT_SYSTEM, "value": reader.client}}
        parts.append({"name": "application", "valueReference": {**client, "display": reader.application}})
    if visit.purpose:
        parts.append({"name": "purpose", "valueCoding": _coding(PURPOSES, visit.purpose)})
    if visit.consent.startswith("consent:"):
        reference = f"Consent/{visit.consent.removeprefix('consent:')}"
        parts.append({"name": "consent", "valueReference": {"reference": reference}})
    parts += [
        {"name": "event", "valueReference": {"reference": f"AuditEvent/{one.id}"}} for one in visit.readings
    ]
    shown = dict.fromkeys(resource for one in visit.readings for resource in one.resources)
    parts += [{"name": "resource", "valueReference": {"reference": one}} for one in shown]
    return {"name": "session", "part": parts}


def _coding(system: str, code: str, display: str = "") -> dict[str, str]:
    return {"system": system, "code": code, **({"display": display} if display else {})}
