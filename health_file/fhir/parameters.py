"""The search parameters of every type, and how a value is reached in a resource. Pure.

Standard: FHIR R4 search.html; the paths come from HL7's SearchParameters (r4/search.json).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from health_file.fhir.r4.definitions import STRUCTURES
from health_file.rules import SUBJECTS

# With which version of the index rows are written. Version 2: every standard parameter, `:identifier`, `:of-type`.
INDEX_VERSION = 2
# Since when what a modifier reads is in the index.
MODIFIERS_SINCE = {"identifier": 2, "of-type": 2}


@dataclass(frozen=True, slots=True)
class Step:
    """One step down: a JSON name, and what the element there must be or carry.

    `of` is an extension's url, `has` one that the element must carry, `is_first` takes the first of many, `is_choice`
    whichever name begins so.
    """

    name: str
    of: str = ""
    has: str = ""
    is_first: bool = False
    is_choice: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """Where values stand. `only` is `system=phone` (a contact point's), a type that a reference names, or empty."""

    steps: tuple[Step, ...]
    only: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a composite, below the composite's own place."""

    kind: str
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Pairing:
    """A composite's place, its parts, and the parameter under which the first part is indexed."""

    steps: tuple[Step, ...]
    parts: tuple[Part, ...]
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A search parameter of one type.

    `targets` are the types that a reference may name, empty for any. `system` is what a bare code means. `is_owner`
    marks the element that says whose file it is: it is found by the file, not by the index.
    """

    kind: str
    canonical: str
    since: int
    paths: tuple[Path, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    system: str = ""
    targets: frozenset[str] = frozenset()
    is_owner: bool = False


def values_at(value: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    """What stands at a path, through every array."""
    if isinstance(value, list):
        for one in value:
            yield from values_at(one, steps)
    elif not steps:
        if value is not None:
            yield value
    elif isinstance(value, dict):
        for found in _below(value, steps[0]):
            yield from values_at(found, steps[1:])


def _below(value: dict[str, Any], step: Step) -> list[Any]:
    """What stands one step down."""
    if step.is_choice:
        return [value[name] for name in value if name.startswith(step.name)]
    if step.name not in value:
        return []
    found = value[step.name]
    return _narrowed(found, step) if step.of or step.has or step.is_first else [found]


def _narrowed(found: Any, step: Step) -> list[Any]:
    every = found if isinstance(found, list) else [found]
    if step.is_first:
        return every[:1]
    if step.of:
        return [one for one in every if isinstance(one, dict) and one.get("url") == step.of]
    return [
        one
        for one in every
        if isinstance(one, dict) and any(held.get("url") == step.has for held in one.get("extension", []))
    ]


def _step(text: str) -> Step:
    name, _, question = text.partition("?")
    if name.endswith("[0]"):
        return Step(name.removesuffix("[0]"), is_first=True)
    if name.endswith("*"):
        return Step(name.removesuffix("*"), is_choice=True)
    key, _, wanted = question.partition("=")
    return Step(name, of=wanted if key == "url" else "", has=wanted if key == "has" else "")


def _paths(rows: Any) -> tuple[Path, ...]:
    return tuple(Path(tuple(map(_step, steps)), only) for steps, only in rows)


def _parameter(name: str, row: Any) -> Parameter:
    kind, rows, canonical, since, system = row
    if kind == "composite":
        pairings = tuple(
            Pairing(tuple(map(_step, steps)), tuple(Part(one, _paths(paths)) for one, paths in parts), first)
            for steps, parts, first in rows
        )
        return Parameter(kind=kind, canonical=canonical, since=since, pairings=pairings)
    paths = _paths(rows)
    is_owner = kind == "reference" and [path.steps for path in paths] == [(Step(SUBJECTS.get(name, "")),)]
    return Parameter(
        kind=kind,
        canonical=canonical,
        since=since,
        paths=paths,
        system=system,
        targets=_targets(name, paths) if kind == "reference" else frozenset(),
        is_owner=is_owner and paths[0].only in {"", "Patient"},
    )


def _targets(name: str, paths: tuple[Path, ...]) -> frozenset[str]:
    found: set[str] = set()
    for path in paths:
        holder, binding = name, path.only
        for step in path.steps if not binding else ():
            element = STRUCTURES[holder].elements.get(step.name) if holder in STRUCTURES else None
            if element is None:
                break
            holder, binding = element.kind, element.binding
        if not binding or holder == "canonical":
            return frozenset()
        found.update(binding.split("|"))
    return frozenset(found)


def _load() -> dict[str, dict[str, Parameter]]:
    table: dict[str, Any] = json.loads((File(__file__).parent / "r4" / "search.json").read_text())
    return {name: {code: _parameter(name, row) for code, row in rows.items()} for name, rows in table.items()}


PARAMETERS: Mapping[str, Mapping[str, Parameter]] = _load()
