"""`Patient/$match`: the id of a Patient for who knows exactly whose it is."""

from typing import Any

from flask import Response

from health_file import access, actions
from health_file.errors import ParameterInvalid
from health_file.fhir import negotiation, outcomes
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.blueprint import blueprint
from services.web import json_reader
from services.web.current import current_actor, current_session, current_settings
from services.web.declare import scopes

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


@blueprint.route("/Patient/$match", methods=["POST"])
@scopes(access.WRITE)
def match() -> Response:
    """Find the one Patient with this ID number, name and birthday; of it nothing but its id is shown."""
    negotiation.require_format()
    negotiation.require_no_parameters()
    found = actions.match_patient(
        current_session(),
        current_actor(),
        patient=_patient(json_reader.read(negotiation.require_json_body())),
        policy=current_settings().throttle_policy,
    )
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 0 if found is None else 1,
    }
    if found is not None:
        search = {
            "extension": [{"url": GRADE, "valueCode": "certain"}],
            "mode": "match",
            "score": 1,
        }
        patient = {"resourceType": "Patient", "id": str(found)}
        bundle["entry"] = [
            {"fullUrl": f"{base_url()}/Patient/{found}", "resource": patient, "search": search}
        ]
    return outcomes.answer(bundle, 200)


def _patient(body: Any) -> dict[str, Any]:
    listed = body.get("parameter") if isinstance(body, dict) else None
    if not isinstance(listed, list) or body.get("resourceType") != "Parameters":
        raise ParameterInvalid("body", "a Parameters resource", "structure")
    found = [one.get("resource") for one in listed if isinstance(one, dict) and one.get("name") == "resource"]
    names = {one.get("name") for one in listed if isinstance(one, dict)}
    if len(found) != 1 or not isinstance(found[0], dict) or found[0].get("resourceType") != "Patient":
        raise ParameterInvalid("resource", "one Patient", "required")
    if names - {"resource", "onlyCertainMatches", "count"}:
        raise ParameterInvalid("parameter", "resource | onlyCertainMatches | count", "not-supported")
    return found[0]
