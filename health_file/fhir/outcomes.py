"""Failures in FHIR's own shape: OperationOutcome, one issue per fault, for every status."""

from typing import Any

from flask import Response, request

from health_file.fhir import text
from health_file.fhir.issue_types import issue_type
from health_file.fhir.r4.definitions import KEPT_TYPES
from services.web.language import gettext as _
from services.web.problems import Problem

MEDIA_TYPE = "application/fhir+json"
# The header that a status is about.
HEADERS = {401: "Authorization", 403: "Authorization", 406: "Accept", 412: "If-Match", 415: "Content-Type",
           428: "If-Match", 429: "Retry-After"}  # fmt: skip


def render_problem(problem: Problem) -> Response:
    """An OperationOutcome; `expression` says where, where there is a place."""
    code = issue_type(problem.code, problem.status)
    faults = problem.errors or [{"field": "", "expected": problem.title}]
    place = _place(problem.status)
    issues = [_issue(fault, fault.get("code", code), problem.title, place) for fault in faults]
    return answer({"resourceType": "OperationOutcome", "issue": issues}, problem.status)


def _issue(fault: dict[str, str], code: str, title: str, place: str) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "severity": "error",
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
