"""How confidential a resource is, and of which sensitive kinds: by what it says, and by what it is about. Pure.

Standard: FHIR R4 security-labels.html; codes of HL7's v3-Confidentiality and v3-ActCode. Labels are words such as
`security=R` and `category=mental-health`; a resource that says nothing is normal, a sensitive one restricted.
"""

from collections.abc import Iterator, Mapping
from typing import Any

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
SENSITIVITY = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
# From least to most confidential (http://terminology.hl7.org/ValueSet/v3-Confidentiality).
LEVELS = ("U", "L", "M", "N", "R", "V")
NORMAL, RESTRICTED, VERY_RESTRICTED = "N", "R", "V"

MENTAL, SUBSTANCE, HIV = "category=mental-health", "category=substance-use", "category=hiv"
SEXUALLY_TRANSMITTED, REPRODUCTIVE = "category=sexually-transmitted", "category=reproductive"
VIOLENCE, GENETIC = "category=violence", "category=genetic"
CATEGORIES = (MENTAL, SUBSTANCE, HIV, SEXUALLY_TRANSMITTED, REPRODUCTIVE, VIOLENCE, GENETIC)

# What the codes of v3-ActCode's information sensitivity policies mean here.
SENSITIVITIES: Mapping[str, str] = {
    "PSY": MENTAL, "PSYTHPN": MENTAL, "MH": MENTAL, "BH": MENTAL, "COGN": MENTAL, "EMOTDIS": MENTAL,
    "SUD": SUBSTANCE, "ETH": SUBSTANCE, "ETHUD": SUBSTANCE, "OPIOIDUD": SUBSTANCE,
    "HIV": HIV, "STD": SEXUALLY_TRANSMITTED, "SEX": REPRODUCTIVE,
    "SDV": VIOLENCE, "VIO": VIOLENCE, "DVD": VIOLENCE, "GDIS": GENETIC, "SICKLE": GENETIC,
}  # fmt: skip
# Chapters and codes of ICD-10 that are of a kind, by how they begin; the national edition writes the same codes.
ICD10_SYSTEMS = frozenset(
    {
        "http://hl7.org/fhir/sid/icd-10",
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10-cn",
        "urn:oid:2.16.156.10011.2.3.3.11",
    }
)
ICD10: tuple[tuple[str, str], ...] = (
    *((f"F1{digit}", SUBSTANCE) for digit in range(10)),
    ("F", MENTAL),
    *((code, HIV) for code in ("B20", "B21", "B22", "B23", "B24", "Z21", "R75", "O98.7")),
    *((f"A5{digit}", SEXUALLY_TRANSMITTED) for digit in range(10)),
    *((f"A6{digit}", SEXUALLY_TRANSMITTED) for digit in range(5)),
    *((f"Z3{digit}", REPRODUCTIVE) for digit in range(10)),
    *((code, REPRODUCTIVE) for code in ("O", "N46", "N96", "N97", "N98")),
    *((code, VIOLENCE) for code in ("T74", "Y05", "Y06", "Y07")),
)
# Single codes of other systems: tests and findings that give a kind away by being there at all.
CODES: Mapping[tuple[str, str], str] = {
    **{
        ("http://loinc.org", code): HIV
        for code in ("75622-1", "56888-1", "7917-8", "5221-7", "29893-5", "31201-7", "20447-9", "25836-8")
    },
    **{("http://loinc.org", code): REPRODUCTIVE for code in ("2106-3", "2118-8", "82810-3", "11636-8")},
    **{("http://loinc.org", code): MENTAL for code in ("44249-1", "44261-6", "69737-5", "70274-6")},
    **{("http://snomed.info/sct", code): HIV for code in ("86406008", "165816005")},
    **{("http://snomed.info/sct", code): REPRODUCTIVE for code in ("77386006", "102876002", "386639001")},
    **{
        ("http://snomed.info/sct", code): MENTAL for code in ("35489007", "58214004", "74732009", "197480006")
    },
}


CONTAINERS = (dict, list)
# A Consent names kinds without being of them.
UNSEARCHED = frozenset({"meta", "securityLabel"})


def labels_in(resource: Mapping[str, Any]) -> frozenset[str]:
    """Every label of a resource and of what stands inside it; exactly one of them is how confidential it is."""
    found = set(_labels(resource))
    levels = {label.removeprefix("security=") for label in found if label.startswith("security=")}
    found -= {f"security={level}" for level in levels}
    if not levels:
        levels = {RESTRICTED if found else NORMAL}
    return frozenset(found | {f"security={max(levels, key=LEVELS.index)}"})


def _labels(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            if isinstance(one, CONTAINERS):
                yield from _labels(one)
    elif isinstance(value, dict):
        meta = value.get("meta")
        if isinstance(meta, dict) and isinstance(meta.get("security"), list):
            yield from (label for one in meta["security"] if (label := label_of(one)))
        yield from _labels_of_document(value)
        if isinstance(value.get("code"), str) and (kind := _kind_of(value.get("system"), value["code"])):
            yield kind
        for name, one in value.items():
            if isinstance(one, CONTAINERS) and name not in UNSEARCHED:
                yield from _labels(one)


def _labels_of_document(value: Mapping[str, Any]) -> Iterator[str]:
    """What a document says of its own confidentiality in elements of its own."""
    if value.get("resourceType") == "DocumentReference" and isinstance(value.get("securityLabel"), list):
        for concept in value["securityLabel"]:
            codings = concept.get("coding") if isinstance(concept, dict) else None
            yield from (label for one in codings or () if (label := label_of(one)))
    if value.get("resourceType") == "Composition" and value.get("confidentiality") in LEVELS:
        yield f"security={value['confidentiality']}"


def label_of(coding: Any) -> str | None:
    """The label that a security label stands for; None where it is of neither kind, or unknown."""
    system, code = (coding.get("system"), coding.get("code")) if isinstance(coding, dict) else (None, None)
    if system == CONFIDENTIALITY and code in LEVELS:
        return f"security={code}"
    return SENSITIVITIES.get(str(code)) if system == SENSITIVITY else None


def _kind_of(system: Any, code: str) -> str | None:
    if system in ICD10_SYSTEMS:
        return next((kind for start, kind in ICD10 if code.startswith(start)), None)
    return CODES.get((str(system), code))
