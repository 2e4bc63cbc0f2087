"""Validates a resource before it is stored. Pure; every fault is a FHIRPath and what was expected, never a value.

First the compiled JSON Schema (shapes, kinds, codes, required elements), then, where shapes are right, one walk for
what a schema cannot say: choices, calendar dates, references, narrative, invariants, contained resources.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import jsonschema_rs

from health_file.errors import Issue, ResourceInvalid, TypeNotSupported
from health_file.fhir import media_types
from health_file.fhir.r4.definitions import (
    CODES,
    KEPT_TYPES,
    RESOURCE,
    STRUCTURES,
    Element,
    Structure,
    is_resource,
)
from health_file.fhir.r4.invariants import RULES
from health_file.fhir.r4.schema import validator
from health_file.fhir.r4.xhtml import is_narrative

DATES = frozenset({"date", "dateTime", "instant"})
INTEGERS = frozenset({"integer", "positiveInt", "unsignedInt"})
RELATIVE = re.compile(r"([A-Z][A-Za-z]{1,63})/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?")
FRAGMENT = re.compile(r"#[A-Za-z0-9\-.]{0,64}")
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.\-]*:\S+")

ATTACHMENTS = frozenset({"Attachment", "Binary"})
# Where the bytes must show what they are declared to be; elsewhere HL7's own examples hold placeholders.
DOCUMENTS = ("Binary", "DocumentReference.content")

# HL7's own examples name an encounter, and a practitioner where only an organisation is allowed, as performer.
LOOSE = ".performer"


def validate(resource: Any, resource_type: str) -> None:
    """Check one resource against the definition of its type.

    Standard: FHIR R4 4.0.1, StructureDefinitions of every type that the table keeps; invariants of severity error.
    Raises: TypeNotSupported 404, ResourceInvalid 422.
    """
    if resource_type not in KEPT_TYPES:
        raise TypeNotSupported
    if not isinstance(resource, dict) or resource.get("resourceType") != resource_type:
        raise ResourceInvalid([Issue("resourceType", resource_type)])
    issues = _resource(resource, resource_type)
    if issues:
        raise ResourceInvalid(issues)


def _resource(resource: dict[str, Any], path: str, fragments: set[str] | None = None) -> list[Issue]:
    """All faults of one resource; a contained one adds the #references it makes to its container's."""
    name = resource.get("resourceType")
    if not isinstance(name, str) or not is_resource(name):
        return [Issue(f"{path}.resourceType", "a type that this server knows", "not-supported")]
    issues = _shape(resource, name, path)
    if not issues:
        walk = _Walk()
        walk.structure(resource, name, path)
        issues = walk.issues
        if fragments is None:
            issues += _contained(resource, path, walk.fragments)
        else:
            fragments |= walk.fragments
    return issues


def _shape(resource: dict[str, Any], name: str, path: str) -> list[Issue]:
    compiled = validator(name)
    if compiled.is_valid(resource):
        return []
    issues: dict[Issue, None] = {}
    for error in compiled.iter_errors(resource):
        for issue in _of_error(error, name, path, resource):
            issues[issue] = None
    return list(issues)


def _of_error(error: jsonschema_rs.ValidationError, name: str, path: str, resource: Any) -> Iterable[Issue]:
    """A fault of the schema as FHIRPath; its own message is never used, for it quotes what was sent."""
    place = [part for part in error.instance_path if isinstance(part, str | int)]
    where = path + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    structure, element = definition_at(name, place)
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        for unexpected in kind.unexpected:
            yield Issue(f"{where}.{_plain(unexpected)}", "an element of this type", "structure")
    elif isinstance(
        kind, jsonschema_rs.ValidationErrorKind.AnyOf | jsonschema_rs.ValidationErrorKind.Required
    ):
        value = _value_at(resource, place)
        for group in structure.required if structure else (("resourceType",),):
            if not any(own in value or f"_{own}" in value for own in group):
                yield Issue(f"{where}.{group[0]}", "required", "required")
    elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Enum) and element:
        yield Issue(where, " | ".join(sorted(CODES[element.binding])), "code-invalid")
    elif isinstance(
        kind, jsonschema_rs.ValidationErrorKind.MinItems | jsonschema_rs.ValidationErrorKind.MinProperties
    ):
        yield Issue(where, "not empty", "structure")
    else:
        yield Issue(where, _expected(element, place))


def _plain(name: str) -> str:
    """A name that was sent, as far as it can be one of an element: else nothing of it is repeated."""
    return name if re.fullmatch(r"_?[A-Za-z][A-Za-z0-9]{0,63}", name) else "?"


def definition_at(name: str, place: list[str | int]) -> tuple[Structure | None, Element | None]:
    """The structure or element that stands at a place of a resource."""
    structure: Structure | None = STRUCTURES.get(name)
    element: Element | None = None
    for part in place:
        if isinstance(part, str):
            element = structure.elements.get(part) if structure else None
            structure = STRUCTURES.get(element.kind) if element else None
    return structure, element


def _value_at(resource: Any, place: list[str | int]) -> Any:
    for part in place:
        resource = resource[part]
    return resource


def _expected(element: Element | None, place: list[str | int]) -> str:
    if element is None:
        return "extensions of a primitive"
    return f"a list of {element.kind}" if element.is_many and isinstance(place[-1], str) else element.kind


def _contained(resource: dict[str, Any], path: str, fragments: set[str]) -> list[Issue]:
    """Contained resources: each by its own type, none inside another, each referred to (dom-2 to dom-5, ref-1)."""
    issues: list[Issue] = []
    known: dict[str, int] = {}
    for index, inner in enumerate(resource.get("contained", ())):
        place = f"{path}.contained[{index}]"
        known[f"#{inner.get('id', '')}"] = index
        meta = inner.get("meta", {})
        if "contained" in inner:
            issues.append(Issue(f"{place}.contained", "dom-2: nothing contained within", "invariant"))
        elif isinstance(meta, dict) and meta.keys() & {"versionId", "lastUpdated", "security"}:
            issues.append(Issue(f"{place}.meta", "dom-4, dom-5: no version, no label", "invariant"))
        else:
            issues += _resource(inner, place, fragments)
    refers_back = "#" in fragments
    for reference in sorted(known.keys() - fragments):
        if not refers_back:
            issues.append(Issue(f"{path}.contained[{known[reference]}]", "dom-3: referred to", "invariant"))
    if fragments - known.keys() - {"#"}:
        issues.append(Issue(path, "ref-1: what a #reference names is contained", "invariant"))
    return issues


class _Walk:
    """One pass over a resource whose shapes are right; gathers its faults and the #references it meets."""

    __slots__ = ("fragments", "issues")

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self.fragments: set[str] = set()

    def structure(self, value: Mapping[str, Any], name: str, path: str) -> None:
        """One object and all that it holds."""
        structure = STRUCTURES[name]
        elements = structure.elements
        for own, inner in value.items():
            element = elements.get(own)
            if own == "contained":  # checked with the references that are made to it
                continue
            if element is not None:
                self._element(inner, element, f"{path}.{own}")
            elif own[0] == "_":
                self._primitive_part(value, own, inner, f"{path}.{own}")
        for group in structure.choices:
            found = sorted(own for own in group if own in value or f"_{own}" in value)
            if len(found) > 1:
                self.issues.append(Issue(f"{path}.{found[1]}", "at most one of the choice", "structure"))
        if name in ATTACHMENTS:
            self._attachment(value, path)
        for rule in RULES.get(name, ()):
            if not rule.holds(value):
                where = f"{path}.{rule.element}" if rule.element else path
                self.issues.append(Issue(where, f"{rule.key}: {rule.wants}", "invariant"))

    def _attachment(self, value: Mapping[str, Any], path: str) -> None:
        """That a media type is one, and that the bytes do not show another; in documents, that they show it."""
        declared, data = value.get("contentType"), value.get("data")
        if not isinstance(declared, str):
            return
        if not media_types.is_media_type(declared):
            self.issues.append(Issue(f"{path}.contentType", "a media type"))
        elif isinstance(data, str) and _is_base64(data):
            content = base64.b64decode("".join(data.split()))
            if media_types.contradicts(declared, content, is_strict=path.startswith(DOCUMENTS)):
                self.issues.append(Issue(f"{path}.contentType", "the media type of the data", "invalid"))

    def _element(self, value: Any, element: Element, path: str) -> None:
        if element.is_many:
            for index, one in enumerate(value):
                self._one(one, element, f"{path}[{index}]")
        else:
            self._one(value, element, path)

    def _one(self, value: Any, element: Element, path: str) -> None:
        kind = element.kind
        if kind in STRUCTURES:
            self.structure(value, kind, path)
            if kind == "Reference":
                self._reference(value, element, path)
            elif element.binding and not _is_bound(value, kind, CODES[element.binding]):
                allowed = sorted({pair.partition("|")[2] for pair in CODES[element.binding]})
                self.issues.append(Issue(path, " | ".join(allowed), "code-invalid"))
        elif kind == RESOURCE:
            self.issues += _resource(value, path)
        elif value is not None and not _is_primitive(value, kind):
            self.issues.append(Issue(path, kind))
        elif kind in {"uri", "canonical", "url"} and isinstance(value, str) and value[0] == "#":
            self.fragments.add(value)

    def _primitive_part(self, holder: Mapping[str, Any], own: str, part: Any, path: str) -> None:
        """Extensions of a primitive; in arrays they stand at the places of their values."""
        parts = part if isinstance(part, list) else [part]
        values = holder.get(own[1:])
        if isinstance(values, list) and len(values) != len(parts):
            self.issues.append(Issue(path, "as many places as there are values", "structure"))
        for index, one in enumerate(parts):
            has_value = isinstance(values, list) and index < len(values) and values[index] is not None
            if one is None:
                if not has_value:
                    self.issues.append(Issue(path, "a value or an extension at each place", "structure"))
                continue
            for place, extension in enumerate(one.get("extension", ())):
                self.structure(extension, "Extension", f"{path}.extension[{place}]")

    def _reference(self, value: Mapping[str, Any], element: Element, path: str) -> None:
        """Syntax of a reference, and that it names a type the element may point at (references.html#literal)."""
        reference = value.get("reference")
        allowed = element.binding.split("|") if element.binding else []
        named = value.get("type")
        if isinstance(reference, str):
            if reference[0] == "#":
                if FRAGMENT.fullmatch(reference):
                    self.fragments.add(reference)
                    return
            elif relative := RELATIVE.fullmatch(reference):
                named = relative[1]
            elif ABSOLUTE.fullmatch(reference):
                return
            else:
                named = None
            if named is None:
                self.issues.append(Issue(f"{path}.reference", "Type/id, #id or an absolute address"))
                return
        elif not value.keys() & {"identifier", "display", "extension", "_reference", "type"}:
            self.issues.append(Issue(path, "ref-2: a reference, an identifier or a display", "invariant"))
        if allowed and isinstance(named, str) and named not in allowed and LOOSE not in path:
            self.issues.append(Issue(f"{path}.reference", " | ".join(allowed)))


def _is_bound(value: Mapping[str, Any], kind: str, allowed: frozenset[str]) -> bool:
    """A required binding: one coding of a concept, or the coding itself, is of the value set."""
    codings = value.get("coding", ()) if kind == "CodeableConcept" else (value,)
    return any(f"{one.get('system', '')}|{one.get('code', '')}" in allowed for one in codings)


def _is_primitive(value: Any, kind: str) -> bool:
    """What the schema leaves open of a primitive."""
    if kind in DATES:
        return _is_calendar(value)
    if kind in INTEGERS:
        return isinstance(value, int)
    if kind == "xhtml":
        return is_narrative(value)
    if kind == "base64Binary":
        return _is_base64(value)
    return True


def _is_calendar(text: str) -> bool:
    """Whether a whole date exists; 30 February is well formed and wrong."""
    if len(text) < 10:
        return True
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return False
    return True
