"""Consents that pages write for a resident: shutting out one organisation or one person. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from health_file.fhir.consent.rule import STAFF_SYSTEM
from health_file.rules import UNIT_SYSTEM

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
# Of Consent.category: a block, as opposed to a Consent that says more.
BLOCK = ("urn:citizen:consent-category", "block")


def block_of(
    patient: str, at: datetime, *, unit: str | None = None, person: str | None = None
) -> dict[str, Any]:
    """A Consent that denies one unit or one member of staff everything but an emergency."""
    party: Mapping[str, Any] = (
        {"type": "Organization", "identifier": {"system": UNIT_SYSTEM, "value": unit}}
        if unit is not None
        else {"type": "Practitioner", "identifier": {"system": STAFF_SYSTEM, "value": person}}
    )
    role = {"coding": [{"system": f"{TERMINOLOGY}/v3-ParticipationType", "code": "PRCP"}]}
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": f"{TERMINOLOGY}/consentscope", "code": "patient-privacy"}]},
        "category": [
            {"coding": [{"system": "http://loinc.org", "code": "59284-0"}]},
            {"coding": [{"system": BLOCK[0], "code": BLOCK[1]}]},
        ],
        "patient": {"reference": f"Patient/{patient}"},
        "dateTime": at.isoformat(timespec="seconds"),
        "policyRule": {"coding": [{"system": f"{TERMINOLOGY}/v3-ActCode", "code": "OPTOUT"}]},
        "provision": {"type": "deny", "actor": [{"role": role, "reference": party}]},
    }
