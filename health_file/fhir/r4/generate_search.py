"""Writes `search.json` from HL7's SearchParameters; run after `generate.py`, on the same unpacked package.

    python -m health_file.fhir.r4.generate_search package

A parameter is [kind, [branch, ...]]; a branch is [JSON names from the resource down, only]: where `only` is not empty
it is `system=phone` (of a contact point) or a type that a reference must name. FHIRPath's four forms that the standard
parameters use are compiled here, so that nothing evaluates FHIRPath at run time.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from health_file.fhir.r4.definitions import STRUCTURES
from health_file.rules import HELD_TYPES

# Of a choice that may also be words, a date parameter reads the dates.
DATED = frozenset({"date", "dateTime", "instant", "Period", "Timing"})
KINDS = frozenset({"token", "date", "reference", "string"})
AS = re.compile(r"(?:\.as\(| as |\.ofType\()(\w+)\)?")
WHERE = re.compile(r"\.where\((?:resolve\(\) is (\w+)|(system='\w+'))\)")
# A path that is plain once its form is taken out; what has other functions is left out.
PLAIN = re.compile(r"[A-Za-z]+(\.[A-Za-z]+)+")


def generate(folder: Path) -> dict[str, Any]:
    """Every token, date, reference and string parameter of the types kept here."""
    table: dict[str, Any] = {name: {} for name in HELD_TYPES}
    for path in sorted(folder.glob("SearchParameter-*.json")):
        parameter = json.loads(path.read_text())
        if parameter.get("type") not in KINDS or "extension(" in parameter.get("expression", "extension("):
            continue
        for name in sorted(set(parameter.get("base", ())) & set(HELD_TYPES)):
            branches = [
                branch
                for part in parameter["expression"].split(" | ")
                for branch in _branches(part.strip(), name)
                if parameter["type"] != "date" or _kind_at(name, branch[0]) in DATED
            ]
            if branches:
                table[name][parameter["code"]] = [parameter["type"], branches]
    return table


def _kind_at(structure: str, names: list[str]) -> str:
    for name in names:
        structure = STRUCTURES[structure].elements[name].kind
    return structure


def _branches(part: str, name: str) -> Iterator[list[Any]]:
    where = WHERE.search(part)
    only = (where[1] or where[2].replace("'", "")) if where else ""
    cast = AS.search(part)
    kind = cast[1] if cast else ""
    path = AS.sub("", WHERE.sub("", part)).replace("(", "").replace(")", "")
    if not PLAIN.fullmatch(path) or not path.startswith(f"{name}."):
        return
    for names in _named(name, path.split(".")[1:], kind):
        yield [names, only]


def _named(structure: str, path: list[str], kind: str) -> Iterator[list[str]]:
    """The JSON names of a path: a choice stands under one name for each of its types."""
    if not path:
        yield []
        return
    elements = STRUCTURES[structure].elements
    own = [path[0]] if path[0] in elements else _of_choice(structure, path[0], kind)
    for name in own:
        for rest in _named(elements[name].kind, path[1:], kind) if path[1:] else [[]]:
            yield [name, *rest]


def _of_choice(structure: str, path: str, kind: str) -> list[str]:
    found = STRUCTURES[structure]
    group = next(
        (group for group in found.choices if all(re.fullmatch(rf"{path}[A-Z]\w*", name) for name in group)),
        (),
    )
    wanted = f"{path}{kind[:1].upper()}{kind[1:]}"
    return [name for name in group if not kind or name == wanted]


if __name__ == "__main__":
    rows = [
        f"{json.dumps(name)}: {json.dumps(row, sort_keys=True)}"
        for name, row in sorted(generate(Path(sys.argv[1])).items())
    ]
    Path(__file__).with_name("search.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")
