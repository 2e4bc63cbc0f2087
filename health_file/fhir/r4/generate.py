"""Writes `definitions.json` from HL7's own package; run by hand when the list of types changes.

    npm pack hl7.fhir.r4.examples@4.0.1     (CC0-1.0; holds the StructureDefinitions beside the examples)
    tar xzf hl7.fhir.r4.examples-4.0.1.tgz
    python -m health_file.fhir.r4.generate package

One structure a line, so that a change reads as a difference. A structure is a resource type, a data type or a
nested element (`Observation.component`); `elements` maps each JSON name to [kind, how many may stand, binding]:
`*` many, `1` one; the binding is a required value set of a code or concept, or the types a Reference may name.
`required` and `choices` are lists of JSON names of which at least one, and at most one, must stand.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Element = dict[str, Any]

KEPT = (
    "Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Organization", "Encounter", "EpisodeOfCare",
    "Condition", "AllergyIntolerance", "Immunization", "MedicationStatement", "MedicationRequest", "Procedure",
    "Observation", "DiagnosticReport", "DocumentReference", "Binary", "FamilyMemberHistory", "CarePlan",
    "QuestionnaireResponse", "Flag", "Consent", "AuditEvent", "Provenance", "Composition", "Bundle",
)  # fmt: skip
# What stands inside those, contained or as a Bundle's entry, and is never kept by itself.
INSIDE = (
    "Medication", "Location", "Device", "Specimen", "Substance", "ServiceRequest", "Questionnaire", "Goal",
    "CareTeam", "Coverage", "Media", "HealthcareService", "OperationOutcome", "Parameters", "List",
    "ImagingStudy", "DeviceUseStatement", "ClinicalImpression", "MessageHeader", "Endpoint", "MolecularSequence",
)  # fmt: skip
SYSTEM_STRING = "http://hl7.org/fhirpath/System.String"
CANONICAL = "http://hl7.org/fhir/StructureDefinition/"
# Value sets that are no list: media types, languages and whatever a code system leaves open.
OPEN = frozenset({"mimetypes", "all-languages"})


class Package:
    """An unpacked FHIR package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.systems = {
            system["url"]: system
            for system in map(_read, folder.glob("CodeSystem-*.json"))
            if "url" in system
        }
        self.value_sets = {found["url"]: found for found in map(_read, folder.glob("ValueSet-*.json"))}

    def structure(self, name: str) -> list[Element]:
        """The snapshot of a type."""
        definition = _read(self.folder / f"StructureDefinition-{name}.json")
        elements: list[Element] = definition["snapshot"]["element"]
        return elements

    def codes(self, canonical: str) -> list[list[str]] | None:
        """(system, code) of a value set, or None when it cannot be listed."""
        found = self.value_sets.get(canonical.split("|", maxsplit=1)[0])
        if found is None or found["id"] in OPEN:
            return None
        listed: list[list[str]] = []
        for part in found["compose"]["include"]:
            inside = self._included(part)
            if inside is None:
                return None
            listed += inside
        return listed

    def _included(self, part: dict[str, Any]) -> list[list[str]] | None:
        if "valueSet" in part:
            parts = [self.codes(url) for url in part["valueSet"]]
            return None if None in parts else [pair for inner in parts if inner for pair in inner]
        system = part["system"]
        if "concept" in part:
            return [[system, concept["code"]] for concept in part["concept"]]
        known = self.systems.get(system)
        if "filter" in part or known is None or known.get("content") != "complete":
            return None
        return [[system, code] for code in _all_codes(known["concept"])]


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def _all_codes(concepts: Iterable[dict[str, Any]]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _all_codes(concept.get("concept", []))


def generate(package: Package) -> dict[str, Any]:
    """The whole table, closed over every data type that the kept resources use."""
    structures: dict[str, Any] = {}
    codes: dict[str, Any] = {}
    waiting = [*KEPT, *INSIDE]
    while waiting:
        name = waiting.pop(0)
        if name in structures or not name[0].isupper() or name == "Resource":
            continue
        for path, structure in _structures(package, name, codes).items():
            structures[path] = structure
            waiting += [kind for kind, *_ in structure["elements"].values() if "." not in kind]
    return {"kept": list(KEPT), "codes": codes, "structures": structures}


def _structures(package: Package, name: str, codes: dict[str, Any]) -> dict[str, Any]:
    """A type and its nested elements, each by its path."""
    found: dict[str, Any] = {}
    elements = package.structure(name)
    root = elements[0]["path"]
    for element in elements:
        parent, _, own = element["path"].rpartition(".")
        if not parent or element["max"] == "0":
            continue
        place = name + parent[len(root) :]
        structure = found.setdefault(place, {"elements": {}, "required": [], "choices": []})
        names = _named(package, element, own, name, codes)
        structure["elements"].update(names)
        if element["min"]:
            structure["required"].append(list(names))
        if len(names) > 1:
            structure["choices"].append(list(names))
    return {
        place: {key: value for key, value in structure.items() if value} for place, structure in found.items()
    }


def _named(
    package: Package, element: Element, own: str, name: str, codes: dict[str, Any]
) -> dict[str, list[str]]:
    """The JSON names of an element, one for each type where it is a choice."""
    many = "1" if element["max"] == "1" else "*"
    if "contentReference" in element:
        return {own: [element["contentReference"].removeprefix("#"), many]}
    named = {}
    for kind in element["type"]:
        code = kind["code"]
        shown = code[0].upper() + code[1:]
        json_name = own.replace("[x]", shown)
        bound = _binding(package, element, code, kind, codes)
        if code == SYSTEM_STRING:
            is_resource_id = own == "id" and element["base"]["path"] == "Resource.id"
            code = "id" if is_resource_id else "string"
            code = "uri" if element["path"] == "Extension.url" else code
        elif code in {"BackboneElement", "Element"} and "." in element["path"]:
            code = name + element["path"][element["path"].index(".") :]
        elif f"{CANONICAL}SimpleQuantity" in kind.get("profile", []):
            code = "SimpleQuantity"
        named[json_name] = [code, many, *bound]
    return named


def _binding(
    package: Package, element: Element, code: str, kind: dict[str, Any], codes: dict[str, Any]
) -> list[str]:
    if code == "Reference":
        targets = [url.removeprefix(CANONICAL) for url in kind.get("targetProfile", [])]
        return ["|".join(targets)] if targets and "Resource" not in targets else []
    binding = element.get("binding", {})
    if binding.get("strength") != "required" or code not in {"code", "Coding", "CodeableConcept"}:
        return []
    name = binding["valueSet"].split("|", maxsplit=1)[0].rpartition("/")[2]
    listed = package.codes(binding["valueSet"])
    if listed is None:
        sys.stderr.write(f"not listed: {element['path']} {name}\n")
        return []
    if code == "code":
        codes[name] = list(dict.fromkeys(pair[1] for pair in listed))
        return [name]
    codes[f"{name}#"] = ["|".join(pair) for pair in listed]
    return [f"{name}#"]


def _lines(table: dict[str, Any]) -> Iterator[str]:
    yield '{"kept": ' + json.dumps(table["kept"]) + ","
    for part in ("codes", "structures"):
        yield f'"{part}": {{'
        rows = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in sorted(table[part].items())]
        yield ",\n".join(rows)
        yield "}" if part == "structures" else "},"
    yield "}\n"


if __name__ == "__main__":
    target = Path(__file__).with_name("definitions.json")
    target.write_text("\n".join(_lines(generate(Package(Path(sys.argv[1]))))))
