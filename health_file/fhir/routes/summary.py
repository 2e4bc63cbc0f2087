"""`$summary`: the International Patient Summary, and the national front page from the same data."""

from typing import Any

from flask import Response, request

from health_file import access, actions
from health_file.errors import ParameterInvalid
from health_file.fhir import negotiation, outcomes
from health_file.fhir.query.values import id_of
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.blueprint import blueprint
from services.web import json_reader
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import current_language, gettext

VALUES = ("valueString", "valueUri", "valueCanonical", "valueCode")


@blueprint.route("/Patient/<string:resource_id>/$summary", methods=["GET", "POST"])
@scopes(access.READ)
def summary(resource_id: str) -> Response:
    """The summary of one patient as a document Bundle."""
    negotiation.require_format()
    given = _parameters("profile")
    return _answer(patient_id=id_of(resource_id), profile=given.get("profile", ""))


@blueprint.route("/Patient/$summary", methods=["GET", "POST"])
@scopes(access.READ)
def summary_of_identifier() -> Response:
    """The summary of the patient who has an identifier."""
    negotiation.require_format()
    given = _parameters("profile", "identifier")
    if "identifier" not in given:
        raise ParameterInvalid("identifier", "system|value", "required")
    return _answer(identifier=given["identifier"], profile=given.get("profile", ""))


def _answer(**asked: Any) -> Response:
    bundle = actions.summarise(
        current_session(),
        current_actor(),
        base_url=base_url(),
        language=current_language(),
        say=gettext,
        **asked,
    )
    response = outcomes.answer(bundle, 200)
    response.headers["Content-Language"] = current_language()
    return response


def _parameters(*allowed: str) -> dict[str, str]:
    """What was asked: in the query, or by POST in a Parameters resource (operations.html#request)."""
    negotiation.require_no_parameters(*allowed)
    given = {name: request.args[name] for name in allowed if name in request.args}
    if request.method == "GET" or not request.get_data():
        return given
    body = json_reader.read(negotiation.require_json_body())
    listed = body.get("parameter", []) if isinstance(body, dict) else None
    if not isinstance(listed, list) or body.get("resourceType") != "Parameters":
        raise ParameterInvalid("body", "a Parameters resource", "structure")
    for one in listed:
        name = one.get("name") if isinstance(one, dict) else None
        values = [one[kind] for kind in VALUES if kind in one] if isinstance(one, dict) else []
        if name not in allowed or name in given or len(values) != 1 or not isinstance(values[0], str):
            raise ParameterInvalid("parameter", " | ".join(allowed), "not-supported")
        given[name] = values[0]
    return given
