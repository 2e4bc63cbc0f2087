"""Whose a resource is, and which types are kept. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

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
# About no resident: who treats and where. They stand on one shelf that every reader sees.
DIRECTORY_TYPES = ("Organization", "Practitioner", "PractitionerRole")
# In the file of the resident that they name, or on the shelf of the unit that wrote them.
SHELF_TYPES = ("Binary", "Bundle", "Provenance")
HELD_TYPES = ("Patient", *SUBJECTS, *DIRECTORY_TYPES, *SHELF_TYPES)
# What stands in a resident's own file, the Patient's compartment.
COMPARTMENT_TYPES = ("Patient", *SUBJECTS, *SHELF_TYPES)
# The server itself writes these, from the audit log.
READ_ONLY_TYPES = ("AuditEvent",)

# The owner id of the directory's shelf: the same everywhere, so that no look-up stands before a read.
DIRECTORY = UUID("019abf00-0000-7000-8000-000000000001")
# As whose the Consents stand that residents wrote themselves; no unit has such a code.
RESIDENT_AUTHOR = "resident"
# What an Organization carries that is a unit of the city's: the code that every resource names as its author.
UNIT_SYSTEM = "urn:citizen:unit"
# What a Practitioner carries who is a member of staff of that unit's: the opaque id of the account.
STAFF_SYSTEM = "urn:citizen:staff"


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a resource names as the one that it is about: literal references, and ID numbers."""

    references: tuple[str, ...] = ()
    id_numbers: tuple[str, ...] = ()


def id_numbers_of(patient: Mapping[str, Any]) -> list[str]:
    """The ID numbers that a Patient names."""
    return [
        str(identifier["value"])
        for identifier in patient.get("identifier", [])
        if isinstance(identifier, dict)
        and identifier.get("system") == ID_NUMBER_SYSTEM
        and "value" in identifier
    ]


def named_by(resource: Mapping[str, Any]) -> Named:
    """Whom a resource is about: a Patient by ID number, all else by reference; `Type/id`, without a version."""
    resource_type = resource["resourceType"]
    if resource_type == "Patient":
        return Named(id_numbers=tuple(id_numbers_of(resource)))
    if resource_type in SUBJECTS:
        found = _reference(resource.get(SUBJECTS[resource_type]))
        return Named((found,) if found and found.startswith("Patient/") else ())
    if resource_type == "Provenance":
        return Named(tuple(found for one in resource["target"] if (found := _reference(one))))
    if resource_type == "Binary":
        found = _reference(resource.get("securityContext"))
        return Named((found,) if found else ())
    if resource_type == "Bundle" and resource["type"] == "document":
        return _named_by_document(resource)
    return Named()


def _named_by_document(bundle: Mapping[str, Any]) -> Named:
    """A document is about its Composition's subject, which may stand beside it (documents.html#content)."""
    entries = bundle.get("entry", [])
    composition = entries[0].get("resource", {}) if entries else {}
    subject = composition.get("subject", {})
    reference = subject.get("reference") if isinstance(subject, dict) else None
    for entry in entries:
        if reference is not None and entry.get("fullUrl") == reference:
            patient = entry.get("resource", {})
            numbers = tuple(id_numbers_of(patient)) if patient.get("resourceType") == "Patient" else ()
            return Named(_ids(patient), numbers)
    found = _reference(subject)
    return Named((found,) if found and found.startswith("Patient/") else ())


def _ids(patient: Mapping[str, Any]) -> tuple[str, ...]:
    own = patient.get("id")
    return (f"Patient/{own}",) if patient.get("resourceType") == "Patient" and isinstance(own, str) else ()


def _reference(value: Any) -> str | None:
    """`Type/id` of a literal reference to this server, without its version; None for every other."""
    reference = value.get("reference") if isinstance(value, dict) else None
    if not isinstance(reference, str) or ":" in reference or reference.startswith("#"):
        return None
    plain = reference.partition("/_history/")[0]
    return plain if plain.count("/") == 1 else None


def staff_claimed_by(resource: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The accounts of staff that a Practitioner carries, each with its place among the identifiers."""
    if resource["resourceType"] == "Practitioner":
        for index, identifier in enumerate(resource.get("identifier", [])):
            if identifier.get("system") == STAFF_SYSTEM:
                yield index, str(identifier.get("value", ""))


def units_claimed_by(resource: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The unit codes that an Organization carries, each with its place among the identifiers."""
    if resource["resourceType"] == "Organization":
        for index, identifier in enumerate(resource.get("identifier", [])):
            if identifier.get("system") == UNIT_SYSTEM:
                yield index, str(identifier.get("value", ""))
