"""The FHIR base at `/health-file/fhir`: create, read, a resident's own search, and what the server can do.

Standard: FHIR R4 4.0.1, http.html.
"""

from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from health_file import access, actions
from health_file.fhir import text
from health_file.rules import HELD_TYPES
from services.errors import NotFound
from services.web import json_reader
from services.web.blueprints import ApiBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes
from services.web.preconditions import with_etag
from services.web.problems import Problem

MEDIA_TYPE = "application/fhir+json"
blueprint = ApiBlueprint(
    "fhir", __name__, service="health_file", url_prefix="/health-file/fhir", description="FHIR R4"
)
# FHIR's issue types by status (http://hl7.org/fhir/R4/valueset-issue-type.html).
ISSUE_TYPES = {
    400: "structure", 401: "login", 403: "forbidden", 404: "not-found", 409: "conflict", 422: "invariant",
    429: "throttled", 503: "transient",
}  # fmt: skip
# Facts that have a code of their own there.
FACTS = {
    "health_file.resident_unknown": "business-rule", "health_file.patient_already_held": "duplicate",
    "health_file.type_not_supported": "not-supported",
}  # fmt: skip
MOST_FOUND = 100


def render_problem(problem: Problem) -> Response:
    """An OperationOutcome, one issue per fault."""
    code = FACTS.get(problem.code) or ISSUE_TYPES.get(problem.status, "exception")
    faults = problem.errors or [{"field": "", "expected": problem.title}]
    issues: list[dict[str, Any]] = []
    for fault in faults:
        issue: dict[str, Any] = {
            "severity": "error",
            "code": fault.get("code", code),
            "details": {"text": problem.title},
            "diagnostics": fault["expected"],
        }
        if fault["field"]:
            issue["expression"] = [fault["field"]]
        issues.append(issue)
    return _fhir({"resourceType": "OperationOutcome", "issue": issues}, problem.status)


blueprint.problem_renderer = render_problem


@blueprint.route("/metadata", methods=["GET"])
@public("every FHIR server says publicly what it can do")
def metadata() -> Response:
    """The CapabilityStatement."""
    base = current_app.extensions["citizen_settings"].base_url
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-24",
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "implementation": {"description": "Citizen Services", "url": f"{base}/health-file/fhir"},
        "rest": [
            {
                "mode": "server",
                "resource": [
                    {
                        "type": name,
                        "interaction": [{"code": code} for code in ("create", "read", "search-type")],
                        "versioning": "versioned",
                    }
                    for name in HELD_TYPES
                ],
            }
        ],
    }
    return _fhir(statement, 200)


@blueprint.route("/<string:resource_type>", methods=["POST"])
@scopes(access.WRITE)
def create(resource_type: str) -> Response:
    """Keep a new resource in the file of the resident that it names."""
    if request.mimetype not in {MEDIA_TYPE, "application/json"}:
        raise UnsupportedMediaType
    view = actions.create_resource(
        current_session(),
        current_actor(),
        resource_type=resource_type,
        resource=json_reader.read(request.get_data(), exact=True),
    )
    response = _answer(view, 201)
    base = current_app.extensions["citizen_settings"].base_url
    place = f"{base}/health-file/fhir/{view.type}/{view.id}/_history/{view.version}"
    response.headers["Location"] = place
    return response


@blueprint.route("/<string:resource_type>/<string:resource_id>", methods=["GET"])
@scopes(access.READ)
def read(resource_type: str, resource_id: str) -> Response:
    """Read the current version of a resource."""
    try:
        parsed = UUID(resource_id)
    except ValueError:
        raise NotFound from None
    view = actions.read_resource(
        current_session(), current_actor(), resource_type=resource_type, resource_id=parsed
    )
    return _answer(view, 200)


@blueprint.route("/<string:resource_type>", methods=["GET"])
@scopes(access.READ)
def search(resource_type: str) -> Response:
    """All resources of a type that the reader may see, newest first, as a searchset Bundle."""
    found = actions.list_resources(
        current_session(), current_actor(), limit=MOST_FOUND, resource_type=resource_type
    )
    base = current_app.extensions["citizen_settings"].base_url
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "entry": [
            {
                "fullUrl": f"{base}/health-file/fhir/{view.type}/{view.id}",
                "resource": view.as_fhir(),
                "search": {"mode": "match"},
            }
            for view in found
        ],
    }
    if not found:
        del bundle["entry"]
    return _fhir(bundle, 200)


def _fhir(content: Any, status: int) -> Response:
    return Response(text.write(content), status, mimetype=MEDIA_TYPE)


def _answer(view: actions.ResourceView, status: int) -> Response:
    response = _fhir(view.as_fhir(), status)
    response.last_modified = view.recorded_at
    # FHIR's ETag is weak (http.html#versioning); the body of one version never changes.
    if status == 201:
        response.headers["ETag"] = f'W/"{view.version}"'
        return response
    return with_etag(response, view.version)
