"""Reads a Bundle of requests: what each entry asks for, and what is wrong with any of them. Pure.

Standard: FHIR R4 http.html#transaction.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from health_file.errors import BundleTooLarge, Issue, ResourceInvalid, VersionOutdated
from health_file.fhir.issue_types import issue_type
from health_file.fhir.query.values import id_of
from health_file.fhir.validation import validate
from services.errors import CitizenError

MOST_ENTRIES = 500
REQUESTS = ("transaction", "batch")
READING = frozenset({"GET", "HEAD"})
SEEN = re.compile(r'(?:W/)?"([1-9][0-9]{0,8})"')
EMPTY = {"resourceType": "Parameters"}
TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request of a Bundle. `id` names the resource, `condition` finds it; a POST has neither."""

    index: int
    method: str
    url: str
    type: str = ""
    id: UUID | None = None
    condition: str | None = None
    resource: dict[str, Any] | None = None
    full_url: str | None = None
    if_match: int | None = None
    if_none_exist: str | None = None
    headers: Mapping[str, str]

    @property
    def is_reading(self) -> bool:
        """Whether it changes nothing."""
        return self.method in READING

    def path(self, below: str = "") -> str:
        """Where the entry stands, as FHIRPath."""
        return f"Bundle.entry[{self.index}]{below}"


def read_shell(bundle: Any) -> tuple[list[dict[str, Any]], list[Issue]]:
    """The entries of a Bundle of requests, and what is wrong with any of them besides their resources.

    Raises: ResourceInvalid 422 where the Bundle itself is at fault, BundleTooLarge 413.
    """
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise ResourceInvalid([Issue("Bundle.resourceType", "Bundle", "structure")])
    if bundle.get("type") not in REQUESTS:
        raise ResourceInvalid([Issue("Bundle.type", " | ".join(REQUESTS), "value")])
    given = bundle.get("entry", [])
    if not isinstance(given, list):
        raise ResourceInvalid([Issue("Bundle.entry", "a list", "structure")])
    if len(given) > MOST_ENTRIES:
        raise BundleTooLarge(MOST_ENTRIES)
    issues = _of_entries(given)
    shell = {**bundle, **({"entry": [_without_resource(one) for one in given]} if "entry" in bundle else {})}
    try:
        validate(shell, "Bundle")
    except ResourceInvalid as error:
        issues += [issue for issue in error.issues if issue.expression.startswith("Bundle.entry[")]
        others = [one for one in error.issues if not one.expression.startswith("Bundle.entry")]
        if others or not issues:
            raise
    return given, list(dict.fromkeys(issues))


def _of_entries(given: list[Any]) -> list[Issue]:
    """What the invariants of a Bundle say of its entries (bdl-3, bdl-7), each at its place."""
    issues, seen = [], set()
    for index, one in enumerate(given):
        where = f"Bundle.entry[{index}]"
        if not isinstance(one, dict):
            issues.append(Issue(where, "an entry", "structure"))
            continue
        if "request" not in one:
            issues.append(Issue(f"{where}.request", "required", "required"))
        full_url = one.get("fullUrl")
        if isinstance(full_url, str):
            if full_url in seen:
                issues.append(Issue(f"{where}.fullUrl", "bdl-7: each fullUrl once", "duplicate"))
            seen.add(full_url)
    return issues


def _without_resource(entry: Any) -> Any:
    """The entry with the smallest resource there is: the entry's own is judged by its own interaction."""
    if not isinstance(entry, dict) or not isinstance(entry.get("resource"), dict):
        return entry
    return {**entry, "resource": EMPTY}


def read_entry(index: int, given: Mapping[str, Any], *, base_url: str) -> Entry:
    """One entry of a transaction. Raises: ResourceInvalid 422, NotFound 404, VersionOutdated 412."""
    asked = given["request"]
    method, url = asked["method"], str(asked["url"]).removeprefix(f"{base_url}/").lstrip("/")
    headers = {
        name: asked[own]
        for name, own in (
            ("If-Match", "ifMatch"), ("If-None-Match", "ifNoneMatch"), ("If-Modified-Since", "ifModifiedSince"),
            ("If-None-Exist", "ifNoneExist"),
        )
        if own in asked
    }  # fmt: skip
    if method in READING:
        return Entry(index=index, method=method, url=url, headers=headers)
    path, _, condition = url.partition("?")
    kind, _, own = path.partition("/")
    resource = given.get("resource")
    _check(method, kind, own, condition, resource)
    return Entry(
        index=index,
        method=method,
        url=url,
        type=kind,
        id=id_of(own) if own else None,
        condition=condition or None,
        resource=resource,
        full_url=given.get("fullUrl"),
        if_match=_seen(asked.get("ifMatch")),
        if_none_exist=asked.get("ifNoneExist") if method == "POST" else None,
        headers=headers,
    )


def _check(method: str, kind: str, own: str, condition: str, resource: Any) -> None:
    """That method and address fit, and that a resource comes with those that need one."""
    names_one = bool(own) != bool(condition)
    fits = (not own and not condition) if method == "POST" else names_one
    if not TYPE.fullmatch(kind) or "/" in own or own.startswith("$") or not fits:
        expected = "Type" if method == "POST" else "Type/id | Type?condition"
        raise ResourceInvalid([Issue(".request.url", expected, "not-supported")])
    if method != "DELETE" and not isinstance(resource, dict):
        raise ResourceInvalid([Issue(".resource", "a resource", "required")])


def _seen(given: str | None) -> int | None:
    if given is None:
        return None
    found = SEEN.fullmatch(given.strip())
    if found is None:
        raise VersionOutdated
    return int(found[1])


def errors_of(entry_index: int, error: CitizenError, below: str = "") -> list[dict[str, str]]:
    """A failure of one entry as faults that point at it; where it names a place of the resource, at that place."""
    path = f"Bundle.entry[{entry_index}]"
    found: list[dict[str, str]] = getattr(error, "errors", [])
    if not found:
        kind = issue_type(error.code, error.status)
        return [{"field": path + below, "expected": error.code, "code": kind, "title": error.title}]
    kind = issue_type(error.code, error.status)
    return [{"code": kind, **one, "field": path + _below(one["field"], below)} for one in found]


def _below(field: str, below: str) -> str:
    if not field:
        return below
    if field.startswith("."):
        return field
    if field.startswith("Bundle.entry["):
        return field.partition("]")[2]
    dot, bracket = field.find("."), field.find("[")
    start = min((one for one in (dot, bracket) if one >= 0), default=len(field))
    return ".resource" + field[start:] if field[:1].isupper() else f".resource.{field}"
