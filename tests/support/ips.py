"""Checks documents against the trimmed profiles of the IPS package: counts, fixed values, slices, bindings, links.

It reads HL7's own StructureDefinitions (tests/official/ips) and knows nothing of how a summary is made. Base FHIR is
not its business: the resources are judged by `health_file.fhir.validation` beside it.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from health_file.fhir.r4.xhtml import is_narrative
from services.settings import CHECKOUT

FOLDER = CHECKOUT / "tests" / "official" / "ips"
BASE = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
VITAL_SIGNS = "http://hl7.org/fhir/StructureDefinition/vitalsigns"
# Value sets that take a base one and leave this code out.
WITHOUT_ERRORS = ("results-status-uv-ips", "diagnostics-report-status-uv-ips")


@dataclass
class Node:
    """An element of a profile, or one of its slices."""

    element: dict[str, Any] = field(default_factory=dict)
    children: dict[str, "Node"] = field(default_factory=dict)
    slices: dict[str, "Node"] = field(default_factory=dict)


@cache
def _content() -> dict[str, Any]:
    return json.loads(gzip.decompress((FOLDER / "profiles.json.gz").read_bytes()))


@cache
def profiles() -> dict[str, tuple[str, Node]]:
    """Type and tree of every profile, by URL."""
    return {one["url"]: (one["type"], _tree(one["element"])) for one in _content()["profiles"]}


def examples() -> list[dict[str, Any]]:
    """The package's own examples."""
    lines = gzip.decompress((FOLDER / "examples.ndjson.gz").read_bytes()).splitlines()
    return [json.loads(line) for line in lines]


def _tree(elements: list[dict[str, Any]]) -> Node:
    root = Node()
    for element in elements:
        node = root
        for part in element["id"].split(".")[1:]:
            name, _, slice_name = part.partition(":")
            node = node.children.setdefault(name, Node())
            if slice_name:
                node = node.slices.setdefault(slice_name, Node())
        node.element = element
    return root


@dataclass
class Checker:
    """One document (or resource alone) being checked."""

    bundle: dict[str, Any] | None = None
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        entries = (self.bundle or {}).get("entry", [])
        self.inside = {entry["fullUrl"]: entry["resource"] for entry in entries if "fullUrl" in entry}

    def resolve(self, reference: str, frm: str = "") -> dict[str, Any] | None:
        """What a reference stands for inside the document (bundle.html#references)."""
        found = self.inside.get(reference)
        if found is None and re.fullmatch(r"[A-Z]\w+/[^/]+", reference):
            root = re.sub(r"[A-Z]\w+/[^/]+$", "", frm) if frm.startswith("http") else ""
            ends = [one for url, one in self.inside.items() if url == root + reference]
            ends = ends or [one for url, one in self.inside.items() if url.endswith("/" + reference)]
            found = ends[0] if ends else None
        return found

    def check(self, resource: dict[str, Any], profile: str) -> None:
        """Judge a resource by a profile."""
        kind, root = profiles()[profile]
        where = f"{resource.get('resourceType')}/{resource.get('id', '')} {profile.rpartition('/')[2]}"
        if resource.get("resourceType") != kind:
            self.faults.append(f"{where}: not a {kind}")
            return
        self._constraints(root, resource, where)
        self._children(root, resource, where)

    def _children(self, node: Node, value: dict[str, Any], where: str) -> None:
        for name, child in node.children.items():
            self._element(child, list(_values(value, name)), f"{where}.{name}")

    def _element(self, node: Node, values: list[tuple[str, Any]], where: str) -> None:
        element = node.element
        self._count(element, len(values), where)
        for key, value in values:
            self._value(node, key, value, where)
        for slice_name, part in node.slices.items():
            discriminators = element.get("slicing", {}).get("discriminator", [])
            matching = [pair for pair in values if self._is_in(part, discriminators, *pair)]
            self._count(part.element, len(matching), f"{where}:{slice_name}")
            for key, value in matching:
                self._value(part, key, value, f"{where}:{slice_name}")

    def _count(self, element: dict[str, Any], count: int, where: str) -> None:
        most = element.get("max", "*")
        if count < element.get("min", 0) or (most != "*" and count > int(most)):
            self.faults.append(f"{where}: {count} of {element.get('min', 0)}..{most}")

    def _value(self, node: Node, key: str, value: Any, where: str) -> None:
        element = node.element
        for name, wanted in element.items():
            if (name.startswith("fixed") and value != wanted) or (
                name.startswith("pattern") and not _has(value, wanted)
            ):
                self.faults.append(f"{where}: not {json.dumps(wanted)}")
        if element.get("binding", {}).get("strength") == "required":
            self._binding(element["binding"]["valueSet"], value, where)
        self._type(element, key, value, where)
        self._constraints(node, value, where)
        if isinstance(value, dict):
            self._children(node, value, where)

    def _binding(self, value_set: str, value: Any, where: str) -> None:
        name = value_set.partition("|")[0]
        codes = [value] if isinstance(value, str) else [one.get("code") for one in value.get("coding", [])]
        if name.endswith(WITHOUT_ERRORS) and "entered-in-error" in codes:
            self.faults.append(f"{where}: entered-in-error")
        listed = _content()["value_sets"].get(name)
        if listed is not None and codes and not set(codes) & set(listed):
            self.faults.append(f"{where}: none of {name}")

    def _type(self, element: dict[str, Any], key: str, value: Any, where: str) -> None:
        kinds = [kind["code"] for kind in element.get("type", [])]
        choice = re.sub(r"^_?[a-z]+", "", key) if element.get("path", "").endswith("[x]") else ""
        if choice and kinds and choice.lower() not in {kind.lower() for kind in kinds}:
            self.faults.append(f"{where}: {choice} is none of {kinds}")
        targets = [url for kind in element.get("type", []) for url in kind.get("targetProfile", [])]
        reference = value.get("reference") if isinstance(value, dict) else None
        if targets and reference and self.bundle is not None and not reference.startswith("#"):
            found = self.resolve(reference)
            allowed = {_type_of(url) for url in targets} | {"Resource"}
            if found is not None and found["resourceType"] not in allowed:
                self.faults.append(f"{where}: {found['resourceType']} is none of {sorted(allowed)}")

    def _is_in(self, part: Node, discriminators: list[dict[str, str]], key: str, value: Any) -> bool:
        return all(self._matches(part, one, key, value) for one in discriminators)

    def _matches(  # noqa: PLR0911  # one answer for each kind of discriminator
        self, part: Node, discriminator: dict[str, str], key: str, value: Any
    ) -> bool:
        kind, path = discriminator["type"], discriminator["path"]
        if path == "$this" and kind == "type":
            wanted = {one["code"].lower() for one in part.element.get("type", [])}
            return re.sub(r"^_?[a-z]+", "", key).lower() in wanted
        if path == "$this":
            patterns = [
                wanted for name, wanted in part.element.items() if name.startswith(("pattern", "fixed"))
            ]
            return bool(patterns) and all(_has(value, wanted) for wanted in patterns)
        if kind == "value" and path == "url":
            urls = [url for one in part.element.get("type", []) for url in one.get("profile", [])]
            return value.get("url") in [url.partition("|")[0] for url in urls]
        if kind == "value" and "." in path:
            return self._nested(part, value)
        if kind == "value":
            child = part.children[path]
            patterns = [
                wanted for name, wanted in child.element.items() if name.startswith(("pattern", "fixed"))
            ]
            if not patterns:
                return all(self._nested(child, one) for one in _listed(value.get(path)))
            return all(any(_has(one, wanted) for one in _listed(value.get(path))) for wanted in patterns)
        target = value.get("resource") if path == "resource" else self.resolve(value.get("reference", ""))
        if target is None:
            return False
        urls = (
            part.children["resource"].element["type"] if path == "resource" else part.element.get("type", [])
        )
        names = [
            url for one in urls for url in (one.get("profile") or one.get("targetProfile") or [one["code"]])
        ]
        if target["resourceType"] not in {_type_of(url) for url in names}:
            return False
        if kind == "type":
            return True
        known = [url for url in names if url in profiles()]
        return not known or any(self._conforms(target, url) for url in known)

    def _nested(self, node: Node, value: Any) -> bool:
        """Whether a value carries the patterns of an element and of its children."""
        found: list[tuple[str, str]] = []
        for name, child in node.children.items():
            for part in (child, *child.slices.values()):
                wanted = [one for key, one in part.element.items() if key.startswith(("pattern", "fixed"))]
                got = _listed(value.get(name)) if isinstance(value, dict) else []
                found += [("", "") for one in wanted if not any(_has(each, one) for each in got)]
                found += [("", "") for one in part.children and got if not self._nested(part, one)]
        return not found

    def _conforms(self, resource: dict[str, Any], profile: str) -> bool:
        apart = Checker(self.bundle)
        kind, root = profiles()[profile]
        if resource["resourceType"] != kind:
            return False
        apart._constraints(root, resource, "")
        apart._children(root, resource, "")
        return not apart.faults

    def _constraints(self, node: Node, value: Any, where: str) -> None:
        for one in node.element.get("constraint", []):
            if one["severity"] == "error" and not CONSTRAINTS[one["key"]](value):
                self.faults.append(f"{where}: {one['key']}")

    def check_document(self) -> list[str]:
        """The whole document: its own profile, each resource by those it claims, links, narratives."""
        bundle = self.bundle or {}
        self.check(bundle, BASE + "Bundle-uv-ips")
        for entry in bundle["entry"]:
            resource = entry["resource"]
            for profile in {*resource.get("meta", {}).get("profile", []), *_only_profile(resource)}:
                if profile in profiles():
                    self.check(resource, profile)
            for reference in _references(resource):
                if not reference.startswith("#") and self.resolve(reference, entry["fullUrl"]) is None:
                    self.faults.append(f"{entry['fullUrl']}: {reference} leads out of the document")
        for section in bundle["entry"][0]["resource"].get("section", []):
            if not is_narrative(section["text"]["div"]):
                self.faults.append(f"section {section['title']}: narrative")
        return self.faults


def check_document(bundle: dict[str, Any]) -> list[str]:
    """Every fault of a document."""
    return Checker(bundle).check_document()


def _only_profile(resource: dict[str, Any]) -> set[str]:
    """The profile of a type that has one only."""
    name = f"{BASE}{resource['resourceType']}-uv-ips"
    return {name} if name in profiles() else set()


def _values(holder: dict[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """What stands under an element's name, its extensions counted as presence; of a choice, whichever type."""
    if name.endswith("[x]"):
        stem = name[:-3]
        keys = [key for key in holder if re.fullmatch(rf"_?{stem}[A-Z]\w*", key)]
        keys = [key for key in keys if not (key.startswith("_") and key[1:] in holder)]
    else:
        keys = [name] if name in holder else [f"_{name}"] if f"_{name}" in holder else []
    for key in keys:
        for one in _listed(holder[key]):
            yield key, one


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _has(value: Any, pattern: Any) -> bool:
    """Whether a value contains a pattern (ElementDefinition.pattern[x])."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name in value and _has(value[name], one) for name, one in pattern.items()
        )
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(_has(each, one) for each in value) for one in pattern)
    return bool(value == pattern)


def _type_of(url: str) -> str:
    name = url.partition("|")[0].rpartition("/")[2]
    known = profiles().get(url.partition("|")[0])
    return known[0] if known else name


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _references(one)
    elif isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for name, one in value.items():
            if name != "contained":
                yield from _references(one)


def _value_of(one: dict[str, Any]) -> bool:
    return any(name.startswith("value") for name in one)


def _is_day(value: Any) -> bool:
    return not isinstance(value, str) or len(value) >= 8


CONSTRAINTS: dict[str, Callable[[Any], bool]] = {
    "bdl-ips-1": lambda one: all(e["resource"]["resourceType"] != "Composition" for e in one["entry"][1:]),
    "ips-comp-1": lambda one: any("reference" in e for e in one.get("entry", [])) or "emptyReason" in one,
    "ips-pat-1": lambda one: any(name.lstrip("_") in {"family", "given", "text"} for name in one),
    "ips-1": _is_day,
    "ips-2": lambda one: (
        _value_of(one) or any(n in one for n in ("hasMember", "component", "dataAbsentReason"))
    ),
    "ips-3": lambda one: all(_value_of(c) or "dataAbsentReason" in c for c in one.get("component", [])),
    "hasMemberOrComponent": lambda one: not ("hasMember" in one and "component" in one),
    "vs-1": _is_day,
    "vs-2": lambda one: (
        _value_of(one) or any(n in one for n in ("hasMember", "component", "dataAbsentReason"))
    ),
    "vs-3": lambda one: _value_of(one) or "dataAbsentReason" in one,
}
