"""What the index cannot decide and an opened resource does: hours, numbers, pairs, parts of words. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from health_file.fhir.dates import instant_spans, stands
from health_file.fhir.index import beginnings_of, normalised, parts_of, texts_of
from health_file.fhir.parameters import PARAMETERS, Part, Path, values_at
from health_file.fhir.quantities import WantedQuantity


@dataclass(frozen=True, slots=True)
class Look:
    """One of `wanted` is there: `how` is a parameter's kind, or a modifier that reads differently."""

    resource_type: str
    parameter: str
    how: str
    wanted: tuple[Any, ...]

    def finds(self, resource: Mapping[str, Any]) -> bool:
        """Whether the resource has it."""
        parameter = PARAMETERS[self.resource_type][self.parameter]
        if self.how == "composite":
            return any(
                all(
                    is_met(part.kind, node, part, one)
                    for part, one in zip(pairing.parts, wanted, strict=True)
                )
                for pairing in parameter.pairings
                for node in values_at(resource, pairing.steps)
                for wanted in self.wanted
            )
        whole = Part(parameter.kind, parameter.paths)
        return any(is_met(self.how, resource, whole, one) for one in self.wanted)


def is_met(how: str, node: Any, part: Part, wanted: Any) -> bool:
    """Whether a value below a node is as wanted."""
    return any(
        _is_met(how, part.kind, value, path, wanted)
        for path in part.paths
        for value in values_at(node, path.steps)
    )


def _is_met(how: str, kind: str, value: Any, path: Path, wanted: Any) -> bool:
    match how:
        case "quantity":
            found = isinstance(wanted, WantedQuantity) and wanted.is_met(value)
        case "date":
            prefix, *span = wanted
            found = any(stands(prefix, one, span) for one in instant_spans(value))
        case "string":
            starts = (start for text in parts_of(value) for start in beginnings_of(text))
            found = any(start.startswith(wanted) for start in starts)
        case "contains":
            found = any(wanted in normalised(text) for text in parts_of(value))
        case "text":
            found = any(normalised(text).startswith(wanted) for text in _words(value))
        case "below":
            found = any(_is_below(text, wanted) for text in texts_of(kind, value, path.only))
        case "above":
            found = any(_is_below(wanted, text) for text in texts_of(kind, value, path.only))
        case _:
            found = wanted in texts_of(kind, value, path.only)
    return found


def _is_below(address: str, top: str) -> bool:
    """Whether an address is the other, or a part of it (search.html#uri)."""
    return address == top or address.startswith(top if top.endswith(("/", "#", "?")) else f"{top}/")


def _words(value: Any) -> Iterator[str]:
    """The words beside a code: a concept's own, or a coding's display (search.html#text)."""
    if isinstance(value, dict):
        for name in ("text", "display"):
            if isinstance(value.get(name), str):
                yield value[name]
        for name in ("coding", "type"):
            held = value.get(name)
            for one in held if isinstance(held, list) else [held]:
                yield from _words(one)
