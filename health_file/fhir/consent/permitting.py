"""A Consent that lets one unit in, as a resident's page writes it. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from health_file.fhir.consent.compiling import RESEARCH, RESOURCE_TYPES
from health_file.fhir.labels import CONFIDENTIALITY, NORMAL, RESTRICTED
from health_file.rules import UNIT_SYSTEM

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


def permit_of(
    patient: str,
    at: datetime,
    *,
    unit: str,
    types: Sequence[str],
    purpose: str,
    last_on: date,
    is_restricted_included: bool,
) -> dict[str, Any]:
    """A permit for one unit and one purpose until the end of a day.

    `types` none: of everything. What is very restricted is never in it; what is restricted only where it is said.
    """
    role = {"coding": [{"system": f"{TERMINOLOGY}/v3-ParticipationType", "code": "PRCP"}]}
    party = {"type": "Organization", "identifier": {"system": UNIT_SYSTEM, "value": unit}}
    level = RESTRICTED if is_restricted_included else NORMAL
    provision: dict[str, Any] = {
        "type": "permit",
        "period": {"start": at.isoformat(timespec="seconds"), "end": last_on.isoformat()},
        "actor": [{"role": role, "reference": party}],
        "securityLabel": [{"system": CONFIDENTIALITY, "code": level}],
        "purpose": [{"system": f"{TERMINOLOGY}/v3-ActReason", "code": purpose}],
    }
    if types:
        provision["class"] = [{"system": RESOURCE_TYPES, "code": one} for one in types]
    scope = "research" if purpose == RESEARCH else "patient-privacy"
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": f"{TERMINOLOGY}/consentscope", "code": scope}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": f"Patient/{patient}"},
        "dateTime": at.isoformat(timespec="seconds"),
        "policyRule": {"coding": [{"system": f"{TERMINOLOGY}/v3-ActCode", "code": "OPTIN"}]},
        "provision": provision,
    }
