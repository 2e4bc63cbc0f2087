"""`$validate`: what would refuse a resource, all of it, without keeping anything.

Standard: FHIR R4 resource-operation-validate.html.
"""

from typing import Any

from flask import Response, request

from health_file import access, actions
from health_file.errors import Issue, ResourceInvalid
from health_file.fhir import negotiation, outcomes
from health_file.fhir.query.values import id_of
from health_file.fhir.routes.blueprint import blueprint
from services.web import json_reader
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext as _
from services.web.problems import problem_of

CORE = "http://hl7.org/fhir/StructureDefinition/"
PARAMETERS = ("resource", "mode", "profile")


@blueprint.route("/<string:resource_type>/$validate", methods=["POST"])
@scopes(access.WRITE)
def validate_new(resource_type: str) -> Response:
    """Say what would refuse a resource of this type."""
    return _validated(resource_type, None)


@blueprint.route("/<string:resource_type>/<string:resource_id>/$validate", methods=["POST"])
@scopes(access.WRITE)
def validate_held(resource_type: str, resource_id: str) -> Response:
    """Say what would refuse a new version, or the deletion, of this resource."""
    return _validated(resource_type, resource_id)


def _validated(resource_type: str, resource_id: str | None) -> Response:
    negotiation.require_format()
    negotiation.require_no_parameters("mode", "profile")
    given = {name: request.args[name] for name in ("mode", "profile") if name in request.args}
    body = json_reader.read(negotiation.require_json_body(), exact=True)
    resource = body
    if isinstance(body, dict) and body.get("resourceType") == "Parameters":
        resource, inside = _of_parameters(body)
        given |= inside
    mode = given.get("mode")
    if mode is not None and mode not in actions.CHECK_MODES:
        raise ResourceInvalid(
            [Issue("Parameters.parameter", "mode: " + " | ".join(actions.CHECK_MODES), "value")]
        )
    if given.get("profile") not in {None, f"{CORE}{resource_type}"}:
        raise ResourceInvalid(
            [Issue("Parameters.parameter", f"profile: {CORE}{resource_type}", "not-supported")]
        )
    if resource is None and mode != "delete":
        raise ResourceInvalid([Issue("Parameters.parameter", "resource", "required")])
    refusal = actions.check_resource(
        current_session(),
        current_actor(),
        resource_type=resource_type,
        resource_id=None if resource_id is None else id_of(resource_id),
        resource=resource,
        mode=mode or ("update" if resource_id is not None else None),
    )
    if refusal is None:
        return outcomes.answer(outcomes.informational(_("没有发现问题")), 200)
    # The validation went well: that it found faults is its result (resource-operation-validate.html).
    found = outcomes.render_problem(problem_of(refusal))
    found.status_code = 200
    return found


def _of_parameters(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """The resource, and the other parameters by name; one that is not known would silently do nothing."""
    listed = body.get("parameter", [])
    resource: Any = None
    given: dict[str, str] = {}
    for index, one in enumerate(listed if isinstance(listed, list) else [None]):
        name = one.get("name") if isinstance(one, dict) else None
        if name not in PARAMETERS or name in given or (name == "resource" and resource is not None):
            where = f"Parameters.parameter[{index}].name"
            raise ResourceInvalid([Issue(where, " | ".join(PARAMETERS) + ", each once", "not-supported")])
        if name == "resource":
            resource = one.get("resource")
        else:
            values = [value for key, value in one.items() if key.startswith("value")]
            given[name] = values[0] if values and isinstance(values[0], str) else ""
    return resource, given
