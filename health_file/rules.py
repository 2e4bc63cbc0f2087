"""What residents see of their file: identifiers and the short words of an observation. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# OID of the resident's ID number (GB 11643) in China's health data sets.
ID_NUMBER_SYSTEM = "urn:oid:2.16.156.10011.1.3"

# The element that says whose file a resource belongs to (http://hl7.org/fhir/R4/compartmentdefinition-patient.html).
SUBJECTS: Mapping[str, str] = {
    "RelatedPerson": "patient", "Encounter": "subject", "EpisodeOfCare": "patient", "Condition": "subject",
    "AllergyIntolerance": "patient", "Immunization": "patient", "MedicationStatement": "subject",
    "MedicationRequest": "subject", "Procedure": "subject", "Observation": "subject",
    "DiagnosticReport": "subject", "DocumentReference": "subject", "FamilyMemberHistory": "patient",
    "CarePlan": "subject", "QuestionnaireResponse": "subject", "Flag": "subject", "Consent": "patient",
    "Composition": "subject",
}  # fmt: skip
HELD_TYPES = ("Patient", *SUBJECTS)
# What stands in a resident's own file, the Patient's compartment.
COMPARTMENT_TYPES = ("Patient", *SUBJECTS)


@dataclass(frozen=True, slots=True)
class Finding:
    """An observation in everyday form: what, how much, in which range, when."""

    name: str
    value: str
    range: str
    on: str


def id_numbers_of(patient: Mapping[str, Any]) -> list[str]:
    """The ID numbers that a Patient names."""
    return [
        str(identifier["value"])
        for identifier in patient.get("identifier", [])
        if isinstance(identifier, dict)
        and identifier.get("system") == ID_NUMBER_SYSTEM
        and "value" in identifier
    ]


def patient_reference_of(resource: Mapping[str, Any]) -> str | None:
    """The id of the Patient that a resource is about (`Patient/<id>`), or None."""
    subject = resource.get(SUBJECTS.get(resource["resourceType"], ""))
    reference = subject.get("reference") if isinstance(subject, dict) else None
    if not isinstance(reference, str) or not reference.startswith("Patient/"):
        return None
    return reference.removeprefix("Patient/").partition("/_history/")[0]


def finding_of(observation: Mapping[str, Any]) -> Finding:
    """The everyday form of an observation; numbers are never judged, only set beside the laboratory's range."""
    parts = [_value(observation)]
    parts += [
        f"{_name(component.get('code', {}))} {_value(component)}"
        for component in observation.get("component", [])
    ]
    when = str(observation.get("effectiveDateTime") or observation.get("issued") or "")[:10]
    return Finding(
        _name(observation.get("code", {})),
        "；".join(part for part in parts if part),
        _range(observation.get("referenceRange", [])),
        when,
    )


def _name(concept: Mapping[str, Any]) -> str:
    if "text" in concept:
        return str(concept["text"])
    codings: Sequence[Mapping[str, Any]] = concept.get("coding", [])
    return str(codings[0].get("display") or codings[0].get("code", "")) if codings else ""


def _value(holder: Mapping[str, Any]) -> str:
    if quantity := holder.get("valueQuantity"):
        return f"{quantity.get('value', '')} {quantity.get('unit', '')}".strip()
    if concept := holder.get("valueCodeableConcept"):
        return _name(concept)
    for name in ("valueString", "valueInteger", "valueBoolean", "valueDateTime"):
        if name in holder:
            return str(holder[name])
    return ""


def _range(ranges: Sequence[Mapping[str, Any]]) -> str:
    for one in ranges:
        low, high = one.get("low", {}).get("value"), one.get("high", {}).get("value")
        if low is not None and high is not None:
            return f"{low}–{high}"
        if "text" in one:
            return str(one["text"])
    return ""
