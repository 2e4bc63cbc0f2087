"""What each IPS profile asks beyond FHIR R4, and how a record that lacks it says so.

Standard: IPS 2.0.0 StructureDefinitions; an element that a profile requires and nobody has recorded carries the
    data-absent-reason extension (http://hl7.org/fhir/uv/ips/design.html#missing-data).
"""

from collections.abc import Mapping
from typing import Any

from health_file.ips.selection import ALCOHOL, PREGNANCY, PREGNANCY_OUTCOMES, TOBACCO
from health_file.ips.words import codes_of, codes_of_all

BASE = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
VITAL_SIGNS = "http://hl7.org/fhir/StructureDefinition/vitalsigns"
UNKNOWN = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    ]
}
ABSENT_REASON = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
            "code": "unknown",
            "display": "Unknown",
        }
    ]
}
# Elements that must be there, by type: (any of these, what stands in their place).
REQUIRED: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "Patient": ((("birthDate",), "birthDate"),),
    "Condition": ((("code",), "code"),),
    "AllergyIntolerance": ((("code",), "code"),),
    "Procedure": (
        (("code",), "code"),
        (
            (
                "performedDateTime",
                "performedPeriod",
                "performedString",
                "performedAge",
                "performedRange",
            ),
            "performedDateTime",
        ),
    ),
    "MedicationStatement": ((("effectiveDateTime", "effectivePeriod"), "effectiveDateTime"),),
    "DiagnosticReport": ((("effectiveDateTime", "effectivePeriod"), "effectiveDateTime"),),
    "Organization": ((("name",), "name"),),
}
PRIMITIVES = frozenset({"birthDate", "performedDateTime", "effectiveDateTime", "name"})
PROFILES = frozenset(
    {
        "Patient", "Condition", "AllergyIntolerance", "Procedure", "MedicationStatement", "MedicationRequest",
        "Immunization", "DiagnosticReport", "Organization", "Practitioner", "PractitionerRole",
    }
)  # fmt: skip
VALUES = (
    "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange", "valueRatio",
    "valueSampledData", "valueTime", "valueDateTime", "valuePeriod",
)  # fmt: skip


def conformed(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The resource as its IPS profile wants it, naming that profile; what was recorded is untouched."""
    kind = resource["resourceType"]
    made = dict(resource)
    for any_of, name in REQUIRED.get(kind, ()):
        if not any(one in made or f"_{one}" in made for one in any_of):
            made[f"_{name}" if name in PRIMITIVES else name] = UNKNOWN
    if kind in {"Patient", "Practitioner"}:
        made["name"] = _named(kind, made.get("name", []))
    profile = _observed(made) if kind == "Observation" else BASE + _profile_of(kind)
    if profile.endswith("/"):
        return made
    meta = dict(made.get("meta", {}))
    meta["profile"] = list(dict.fromkeys([*meta.get("profile", []), profile]))
    return {**made, "meta": meta}


def _profile_of(kind: str) -> str:
    if kind == "Flag":
        return "Flag-alert-uv-ips"
    return f"{kind}-uv-ips" if kind in PROFILES else ""


def _named(kind: str, names: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names, each with something in it (ips-pat-1)."""
    parts = {"text", "family", "given", "_text", "_family", "_given"}
    kept = [one for one in names if kind == "Practitioner" or parts & one.keys()]
    return kept or [{"_text": UNKNOWN}]


def _observed(made: dict[str, Any]) -> str:
    """Fill what the profile of this kind of observation asks for; the profile's URL, or its folder for none."""
    kind = _kind_of(made)
    if any(name in made for name in EXCLUDED.get(kind, ())):
        return BASE
    if kind in {"laboratory-pathology", "radiology"}:
        made.setdefault("performer", [UNKNOWN])
    if kind in {"laboratory-pathology", VITAL_SIGNS}:
        _fill_value(made)
    if kind == VITAL_SIGNS:
        return VITAL_SIGNS
    if kind:
        _fill_moment(made)
    results = kind in {"laboratory-pathology", "radiology"}
    return BASE + (f"Observation-{'results-' if results else ''}{kind}-uv-ips" if kind else "")


# Of observations about a life, the profile by code; of all others, by category.
BY_CODE = {
    TOBACCO: "tobaccouse",
    ALCOHOL: "alcoholuse",
    PREGNANCY: "pregnancy-status",
    **dict.fromkeys(PREGNANCY_OUTCOMES, "pregnancy-outcome"),
}
BY_CATEGORY = {"vital-signs": VITAL_SIGNS, "laboratory": "laboratory-pathology", "imaging": "radiology"}
# What a profile does not take: such a record stands in the document all the same, without claiming it.
NO_MOMENT = ("effectiveInstant", "effectiveTiming")
EXCLUDED: Mapping[str, tuple[str, ...]] = {
    "tobaccouse": (*NO_MOMENT, "effectivePeriod", "component"),
    "alcoholuse": (*NO_MOMENT, "effectivePeriod", "component"),
    "pregnancy-status": (
        *NO_MOMENT, "effectivePeriod", "component", "bodySite", "specimen", "device", "referenceRange", "hasMember",
    ),
    "pregnancy-outcome": (
        *NO_MOMENT, "effectivePeriod", "component", "bodySite", "specimen", "device", "referenceRange",
    ),
    "laboratory-pathology": NO_MOMENT,
    "radiology": (*NO_MOMENT, "hasMember"),
}  # fmt: skip


def _kind_of(made: Mapping[str, Any]) -> str:
    codes, categories = codes_of(made.get("code")), codes_of_all(made.get("category", []))
    found = [kind for code, kind in BY_CODE.items() if code in codes]
    found += [kind for category, kind in BY_CATEGORY.items() if category in categories]
    return found[0] if found else ""


def _fill_moment(made: dict[str, Any]) -> None:
    if not any(one in made for one in ("effectiveDateTime", "_effectiveDateTime", "effectivePeriod")):
        made["_effectiveDateTime"] = UNKNOWN


def _fill_value(made: dict[str, Any]) -> None:
    """A result without value, members, components or reason says that it is unknown (ips-2, ips-3)."""
    if not any(one in made for one in (*VALUES, "hasMember", "component", "dataAbsentReason")):
        made["dataAbsentReason"] = ABSENT_REASON
    if "component" in made:
        made["component"] = [
            one
            if any(name in one for name in (*VALUES, "dataAbsentReason"))
            else {**one, "dataAbsentReason": ABSENT_REASON}
            for one in made["component"]
        ]
