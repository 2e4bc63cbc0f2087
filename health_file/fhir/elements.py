"""Which elements Patient and Observation have, what must be there, which codes bind. Data of FHIR R4 4.0.1.

Source: the StructureDefinitions of Patient and Observation, http://hl7.org/fhir/R4/ (CC0).
"""

from collections.abc import Mapping
from dataclasses import dataclass

BASE = frozenset(
    {
        "resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension",
        "modifierExtension",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Definition:
    """The top level of one resource type.

    `elements` maps a name to its kind: `object`, `array` (of objects or strings), `code`, `date`, `dateTime`,
    `instant`, `boolean`, `string`, `integer`. `required` must be there; `codes` are required bindings; `choices`
    are the names of which at most one may stand (value[x]).
    """

    elements: Mapping[str, str]
    required: frozenset[str]
    codes: Mapping[str, frozenset[str]]
    choices: tuple[frozenset[str], ...]


PATIENT = Definition(
    elements={
        "identifier": "array", "active": "boolean", "name": "array", "telecom": "array", "gender": "code",
        "birthDate": "date", "deceasedBoolean": "boolean", "deceasedDateTime": "dateTime", "address": "array",
        "maritalStatus": "object", "multipleBirthBoolean": "boolean", "multipleBirthInteger": "integer",
        "photo": "array", "contact": "array", "communication": "array", "generalPractitioner": "array",
        "managingOrganization": "object", "link": "array",
    },
    required=frozenset(),
    codes={"gender": frozenset({"male", "female", "other", "unknown"})},
    choices=(
        frozenset({"deceasedBoolean", "deceasedDateTime"}),
        frozenset({"multipleBirthBoolean", "multipleBirthInteger"}),
    ),
)  # fmt: skip
VALUES = {
    "valueQuantity": "object", "valueCodeableConcept": "object", "valueString": "string",
    "valueBoolean": "boolean", "valueInteger": "integer", "valueRange": "object", "valueRatio": "object",
    "valueSampledData": "object", "valueTime": "string", "valueDateTime": "dateTime", "valuePeriod": "object",
}  # fmt: skip
EFFECTIVE = {
    "effectiveDateTime": "dateTime", "effectivePeriod": "object", "effectiveTiming": "object",
    "effectiveInstant": "instant",
}  # fmt: skip
OBSERVATION = Definition(
    elements={
        "identifier": "array", "basedOn": "array", "partOf": "array", "status": "code", "category": "array",
        "code": "object", "subject": "object", "focus": "array", "encounter": "object", **EFFECTIVE,
        "issued": "instant", "performer": "array", **VALUES, "dataAbsentReason": "object",
        "interpretation": "array", "note": "array", "bodySite": "object", "method": "object",
        "specimen": "object", "device": "object", "referenceRange": "array", "hasMember": "array",
        "derivedFrom": "array", "component": "array",
    },
    required=frozenset({"status", "code"}),
    codes={
        "status": frozenset(
            {
                "registered", "preliminary", "final", "amended", "corrected", "cancelled",
                "entered-in-error", "unknown",
            }
        )
    },
    choices=(frozenset(VALUES), frozenset(EFFECTIVE)),
)  # fmt: skip
DEFINITIONS: Mapping[str, Definition] = {"Patient": PATIENT, "Observation": OBSERVATION}
