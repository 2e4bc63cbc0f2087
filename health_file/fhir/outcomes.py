"""Failures in FHIR's own shape: OperationOutcome, one issue per fault, for every status."""

from typing import Any

from flask import Response

from health_file.fhir import text
from services.web.problems import Problem

MEDIA_TYPE = "application/fhir+json"
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
    "health_file.search_too_costly": "too-costly",
}  # fmt: skip


def render_problem(problem: Problem) -> Response:
    """An OperationOutcome; `expression` says where, where there is a place."""
    code = FACTS.get(problem.code) or ISSUE_TYPES.get(problem.status, "exception")
    faults = problem.errors or [{"field": "", "expected": problem.title}]
    issues = [_issue(fault, fault.get("code", code), problem.title) for fault in faults]
    return answer({"resourceType": "OperationOutcome", "issue": issues}, problem.status)


def _issue(fault: dict[str, str], code: str, title: str) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "severity": "error",
        "code": code,
        "details": {"text": title},
        "diagnostics": fault["expected"],
    }
    if fault["field"]:
        issue["expression"] = [fault["field"]]
    return issue


def informational(sentence: str) -> dict[str, Any]:
    """The outcome of what went well, for those who prefer that to the resource."""
    issue = {"severity": "information", "code": "informational", "details": {"text": sentence}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def answer(content: Any, status: int) -> Response:
    """FHIR JSON, ready."""
    return Response(text.write(content), status, mimetype=MEDIA_TYPE)
