"""Failures in FHIR's own shape: OperationOutcome, one issue per fault, for every status."""

from collections.abc import Mapping, Sequence
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
    "health_file.patient_kept": "duplicate", "health_file.entry_twice": "duplicate",
    "health_file.search_too_costly": "too-costly",
}  # fmt: skip


def render_problem(problem: Problem) -> Response:
    """An OperationOutcome; `expression` says where, where there is a place."""
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
    issue: dict[str, Any] = {
        "severity": severity,
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
