"""Failures in FHIR's own shape: OperationOutcome, one issue per fault, for every status."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from health_file.fhir import text
from health_file.fhir.issue_types import issue_type
from health_file.fhir.r4.definitions import KEPT_TYPES
from services.web.language import gettext as _
from services.web.problems import Problem

MEDIA_TYPE = "application/fhir+json"
<<<<<<< HEAD
# FHIR's issue types by status (http://hl7.org/fhir/R4/valueset-issue-type.html).
ISSUE_TYPES = {
    400: "structure", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
    409: "conflict", 410: "deleted", 412: "conflict", 413: "too-long", 414: "too-long", 415: "not-supported",
    422: "invariant", 428: "required", 429: "throttled", 503: "transient",
}  # fmt: skip
# Facts that have a code of their own there.
FACTS = {
    "health_file.resident_unknown": "business-rule", "health_file.resident_changed": "business-rule",
    "health_file.several_residents": "business-rule", "health_file.patient_already_held": "duplicate",
    "health_file.type_not_supported": "not-supported", "health_file.type_read_only": "not-supported",
    "health_file.several_matches": "multiple-matches", "web.cursor_invalid": "value",
    "health_file.patient_kept": "duplicate", "health_file.entry_twice": "duplicate",
    "health_file.search_too_costly": "too-costly",
}  # fmt: skip
=======
# The header that a status is about.
HEADERS = {401: "Authorization", 403: "Authorization", 406: "Accept", 412: "If-Match", 415: "Content-Type",
           428: "If-Match", 429: "Retry-After"}  # fmt: skip
>>>>>>> main


def render_problem(problem: Problem) -> Response:
    """An OperationOutcome; `expression` says where, where there is a place."""
<<<<<<< HEAD
    outcome = outcome_of(
        code=problem.code, status=problem.status, title=problem.title, faults=problem.errors or []
    )
    return answer(outcome, problem.status)


def outcome_of(
    *,
    code: str,
    status: int,
    title: str,
    faults: Sequence[Mapping[str, str]],
    severity: str = "error",
) -> dict[str, Any]:
    """The OperationOutcome of a fact: one issue for each fault, or one in all."""
    kind = FACTS.get(code) or ISSUE_TYPES.get(status, "exception")
    issues = [
        _issue(fault, fault.get("code", kind), title, severity)
        for fault in faults or [{"field": "", "expected": title}]
    ]
    return {"resourceType": "OperationOutcome", "issue": issues}


def _issue(fault: Mapping[str, str], code: str, title: str, severity: str) -> dict[str, Any]:
=======
    code = issue_type(problem.code, problem.status)
    faults = problem.errors or [{"field": "", "expected": problem.title}]
    place = _place(problem.status)
    issues = [_issue(fault, fault.get("code", code), problem.title, place) for fault in faults]
    return answer({"resourceType": "OperationOutcome", "issue": issues}, problem.status)


def _issue(fault: dict[str, str], code: str, title: str, place: str) -> dict[str, Any]:
>>>>>>> main
    issue: dict[str, Any] = {
        "severity": severity,
        "code": code,
        "details": {"text": _(fault["title"]) if "title" in fault else title},
        "diagnostics": fault["expected"],
    }
    issue["expression"] = [fault["field"] or place]
    return issue


def _place(status: int) -> str:
    """Where a fault stands that is of the request and not of a resource (operationoutcome.html: `http.` and a name)."""
    if status in HEADERS:
        return f"http.{HEADERS[status]}"
    named = (request.view_args or {}).get("resource_type", "")
    return named if named in KEPT_TYPES else "http.url"


def informational(sentence: str) -> dict[str, Any]:
    """The outcome of what went well, for those who prefer that to the resource."""
    issue = {"severity": "information", "code": "informational", "details": {"text": sentence}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def answer(content: Any, status: int) -> Response:
    """FHIR JSON, ready."""
    return Response(text.write(content), status, mimetype=MEDIA_TYPE)
