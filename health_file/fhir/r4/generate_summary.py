"""Writes `summary.json` from HL7's StructureDefinitions: which elements a summary shows (search.html#summary).

    python -m health_file.fhir.r4.generate_summary package

Each type maps JSON names to {} for a whole element, or to the names inside that a summary shows of it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from health_file.fhir.r4.definitions import KEPT_TYPES, STRUCTURES

TARGET = Path(__file__).with_name("summary.json")


def generate(folder: Path, name: str) -> dict[str, Any]:
    """The elements of one type that are marked, nested ones inside their parents."""
    definition = json.loads((folder / f"StructureDefinition-{name}.json").read_text())
    tree: dict[str, Any] = {}
    for element in definition["snapshot"]["element"]:
        names = element["path"].split(".")[1:]
        if not names or not element.get("isSummary"):
            continue
        place, holder = tree, name
        for parent in names[:-1]:
            if parent not in place:
                break
            place, holder = place[parent], STRUCTURES[holder].elements[parent].kind
        else:
            for own in _named(element, names[-1]):
                place[own] = {}
    return tree


def _named(element: dict[str, Any], own: str) -> list[str]:
    if not own.endswith("[x]"):
        return [own]
    plain = own.removesuffix("[x]")
    return [plain + kind["code"][0].upper() + kind["code"][1:] for kind in element["type"]]


if __name__ == "__main__":
    rows = [
        f"{json.dumps(name)}: {json.dumps(generate(Path(sys.argv[1]), name))}" for name in sorted(KEPT_TYPES)
    ]
    TARGET.write_text("{\n" + ",\n".join(rows) + "\n}\n")
