"""Writes `search.json` from HL7's SearchParameters; run after `generate.py`, on the same unpacked package.

    python -m health_file.fhir.r4.generate_search package

A parameter is [kind, paths, canonical, since, system]. A path is [steps, only]: steps are JSON names from the resource
down, `only` is empty, `system=phone` (of a contact point) or a type that a reference must name. A step may ask for more
than its name: `extension?url=X` is an extension of that kind, `item?has=X` an element that carries one, `entry[0]`
the first, `value*` whichever of a choice stands. `since` is the version of the index from which on rows are found by it
(health_file/fhir/parameters.py). `system` is what a code without one of its own means, where that is one code system.
A composite's paths are [steps, [[kind, paths], [kind, paths]], parameter of the first part].
FHIRPath's forms that the standard parameters use are compiled here, so that nothing evaluates FHIRPath at run time.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from health_file.fhir.r4.definitions import KEPT_TYPES, STRUCTURES

# Since when a parameter is in the index when it is new or its paths have changed.
INDEX_VERSION = 2
TARGET = Path(__file__).with_name("search.json")
# Of a choice that may also be words, a date parameter reads the dates; and so on for the other kinds.
READS = {
    "date": frozenset({"date", "dateTime", "instant", "Period", "Timing"}),
    "quantity": frozenset({"Quantity", "SimpleQuantity", "Age", "Duration", "Money", "Range", "SampledData"}),
}
KINDS = frozenset({"token", "date", "reference", "string", "uri", "quantity", "composite"})
# Of every resource; `_id` and `_lastUpdated` are the server's own.
OF_ALL = {"_profile": "profile", "_security": "security", "_source": "source", "_tag": "tag"}
AS = re.compile(r"(?:\.as\(| as |\.ofType\()(\w+)\)?")
WHERE = re.compile(r"\.where\((?:resolve\(\) is (\w+)|(system='\w+'))\)")
EXTENSION = re.compile(r"\.extension\('([^']+)'\)")
HAS_EXTENSION = re.compile(r"\.where\(hasExtension\('([^']+)'\)\)")
# A path that is plain once its form is taken out; what has other functions is left out.
PLAIN = re.compile(r"[A-Za-z]+(\.[A-Za-z]+(\[0\])?)+")
DECEASED = "Patient.deceased.exists() and Patient.deceased != false"


class Generator:
    """HL7's parameters, and what the table said before."""

    def __init__(self, folder: Path, before: dict[str, Any]) -> None:
        found = [json.loads(path.read_text()) for path in sorted(folder.glob("SearchParameter-*.json"))]
        self.parameters = {one["url"]: one for one in found if one.get("type") in KINDS}
        self.systems = dict(_code_systems(folder))
        self.before = before

    def generate(self) -> dict[str, Any]:
        """Every parameter of the types kept here that has a place in the resource."""
        table: dict[str, Any] = {name: {} for name in KEPT_TYPES}
        for parameter in self.parameters.values():
            if "expression" not in parameter:
                continue
            for name in sorted(set(parameter["base"]) & set(KEPT_TYPES)):
                self._add(table, name, parameter)
            if parameter["code"] in OF_ALL and parameter["base"] == ["Resource"]:
                kind = parameter["type"]
                for row in table.values():
                    row[parameter["code"]] = [
                        kind,
                        [[["meta", OF_ALL[parameter["code"]]], ""]],
                        parameter["url"],
                    ]
        for name, row in table.items():
            for code, found in row.items():
                row[code] = [*found[:3], self._since(name, code, found), self._system(name, found)]
        return table

    def _add(self, table: dict[str, Any], name: str, parameter: dict[str, Any]) -> None:
        kind = parameter["type"]
        if kind == "composite":
            paths = list(self._composite(name, parameter))
        else:
            paths = _paths(parameter["expression"], name, kind)
            if kind == "reference" and paths and paths[0][0][0] == "entry[0]":
                paths = [[steps, parameter["target"][0]] for steps, _ in paths]
        if paths:
            table[name][parameter["code"]] = [kind, paths, parameter["url"]]

    def _composite(self, name: str, parameter: dict[str, Any]) -> Iterator[list[Any]]:
        for part in parameter["expression"].split(" | "):
            if part.partition(".")[0] != name:
                continue
            steps = part.split(".")[1:]
            holder = name
            for step in steps:
                holder = STRUCTURES[holder].elements[step].kind
            parts, codes = [], []
            for component in parameter["component"]:
                # HL7's own definitions of DocumentReference.relationship stand in each other's place: go by the paths.
                defined = [self.parameters[one["definition"]] for one in parameter["component"]]
                expression = component["expression"].replace("DateTime", "dateTime")
                whole = " | ".join(f"{holder}.{one.strip()}" for one in expression.split(" | "))
                kind, code = next(
                    (one["type"], one["code"])
                    for one in [self.parameters[component["definition"]], *defined]
                    if _is_readable(holder, _paths(whole, holder, one["type"]), one["type"])
                )
                parts.append([kind, _paths(whole, holder, kind)])
                codes.append(code)
            yield [steps, parts, codes[0]]

    def _since(self, name: str, code: str, found: list[Any]) -> int:
        before = self.before.get(name, {}).get(code)
        if before is None or before[:2] != found[:2]:
            return INDEX_VERSION
        return int(before[3]) if len(before) > 3 else 1

    def _system(self, name: str, found: list[Any]) -> str:
        """The one code system of a parameter that reads nothing but codes."""
        if found[0] != "token":
            return ""
        bound = {_element_at(name, steps) for steps, _ in found[1]}
        if any(element is None or element.kind != "code" for element in bound):
            return ""
        systems = {self.systems.get(element.binding, "") for element in bound if element}
        return systems.pop() if len(systems) == 1 else ""


def _code_systems(folder: Path) -> Iterator[tuple[str, str]]:
    """The one code system of a value set, where it is one."""
    for path in sorted(folder.glob("ValueSet-*.json")):
        found = json.loads(path.read_text())
        systems = {part.get("system", "") for part in found.get("compose", {}).get("include", [])}
        if "url" in found and len(systems) == 1:
            yield found["url"].rpartition("/")[2], systems.pop()


def _paths(expression: str, name: str, kind: str) -> list[list[Any]]:
    """The paths of a FHIRPath expression that lead down from one type."""
    if expression.startswith(DECEASED):
        return [[["deceasedBoolean"], ""], [["deceasedDateTime"], "true"]]
    found: list[list[Any]] = []
    for part in expression.split(" | "):
        for steps, only in _branches(part.strip(), name):
            element = _element_at(name, steps)
            if kind in READS and element is not None and element.kind not in READS[kind]:
                continue
            if [steps, only] not in found:
                found.append([steps, only])
    return found


def _is_readable(structure: str, paths: list[list[Any]], kind: str) -> bool:
    kinds = {element.kind for steps, _ in paths if (element := _element_at(structure, steps))}
    return bool(kinds) and (kind == "reference") == (kinds == {"Reference"})


def _element_at(structure: str, steps: list[str]) -> Any:
    """The element at the end of steps, None where an extension leads there."""
    element = None
    for step in steps:
        plain = re.sub(r"\?.*|\[0\]", "", step)
        if plain not in STRUCTURES[structure].elements:
            return None
        element = STRUCTURES[structure].elements[plain]
        structure = element.kind
        if structure not in STRUCTURES:
            break
    return element


def _branches(part: str, name: str) -> Iterator[list[Any]]:
    where, cast = WHERE.search(part), AS.search(part)
    only = (where[1] or where[2].replace("'", "")) if where else ""
    kind = cast[1] if cast else ""
    carried, extension = HAS_EXTENSION.search(part), EXTENSION.search(part)
    plain = HAS_EXTENSION.sub("", part)
    path = AS.sub("", WHERE.sub("", EXTENSION.sub("", plain))).replace("(", "").replace(")", "")
    if not path.startswith(name) or path[len(name) :][:1] not in {"", "."}:
        return
    names = path[len(name) + 1 :].split(".") if path != name else []
    if extension:
        yield [[*names, f"extension?url={extension[1]}", "value*"], only]
    elif PLAIN.fullmatch(path):
        for steps in _named(name, names, kind):
            if carried:
                held = part[len(name) + 1 : carried.start()].count(".")
                steps[held] += f"?has={carried[1]}"
            yield [steps, only]


def _named(structure: str, path: list[str], kind: str) -> Iterator[list[str]]:
    """The JSON names of a path: a choice stands under one name for each of its types."""
    if not path:
        yield []
        return
    elements = STRUCTURES[structure].elements
    plain = path[0].removesuffix("[0]")
    own = [plain] if plain in elements else _of_choice(structure, plain, kind)
    for name in own:
        for rest in _named(elements[name].kind, path[1:], kind) if path[1:] else [[]]:
            yield [name + path[0][len(plain) :], *rest]


def _of_choice(structure: str, path: str, kind: str) -> list[str]:
    found = STRUCTURES[structure]
    group = next(
        (group for group in found.choices if all(re.fullmatch(rf"{path}[A-Z]\w*", name) for name in group)),
        (),
    )
    wanted = f"{path}{kind[:1].upper()}{kind[1:]}"
    return [name for name in group if not kind or name == wanted]


if __name__ == "__main__":
    known = json.loads(TARGET.read_text()) if TARGET.exists() else {}
    made = Generator(Path(sys.argv[1]), known).generate()
    rows = [f"{json.dumps(name)}: {json.dumps(row, sort_keys=True)}" for name, row in sorted(made.items())]
    TARGET.write_text("{\n" + ",\n".join(rows) + "\n}\n")
