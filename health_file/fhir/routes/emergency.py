"""`$break-glass`: one resident's file in an emergency, for an hour, to read."""

import functools
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, current_app, request

from health_file import access, actions
from health_file.access.purposes import EMERGENCY
from health_file.errors import ParameterInvalid
from health_file.fhir import negotiation, outcomes
from health_file.fhir.query.values import id_of
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.blueprint import blueprint
from services.errors import Denied
from services.gateway.narrow_token import issue_narrow_token
from services.gateway.people import acr
from services.web import json_reader
from services.web.current import current_actor, current_session
from services.web.declare import StepUp, scopes
from services.web.language import current_language, gettext
from services.words import msgid

STEP_UP = StepUp(acr.ONE_TIME_PASSWORD, 300, msgid("急救查看档案之前，先再确认是您本人"))
VALUES = ("valueString", "valueCode", "valueId", "valueUuid")
FRONT_PAGE = "cn-front-page"


@blueprint.route("/Patient/<string:resource_id>/$break-glass", methods=["POST"])
@scopes(access.READ, step_up=STEP_UP)
def break_glass(resource_id: str) -> Response:
    """Open one resident's file in an emergency; a second time with `confirm`, what is restricted in it too."""
    given = _parameters("reason", "text", "confirm")
    if "confirm" in given:
        actions.confirm_emergency(
            current_session(), current_actor(), emergency_id=id_of(given["confirm"].removeprefix("urn:uuid:"))
        )
        return outcomes.answer(outcomes.informational(gettext("已保存")), 200)
    return _opened(given, patient_id=id_of(resource_id))


@blueprint.route("/Patient/$break-glass", methods=["POST"])
@scopes(access.READ, step_up=STEP_UP)
def break_glass_by_identifier() -> Response:
    """Open the file of who has an ID number."""
    given = _parameters("reason", "text", "identifier")
    return _opened(given, identifier=given.get("identifier", ""))


def _opened(given: dict[str, str], **whose: Any) -> Response:
    session, actor = current_session(), current_actor()
    emergency = actions.open_emergency(
        session,
        actor,
        reason=given.get("reason", ""),
        words=given.get("text", ""),
        issue=functools.partial(_issue),
        **whose,
    )
    front_page = actions.summarise(
        session,
        emergency.actor,
        base_url=base_url(),
        language=current_language(),
        say=gettext,
        patient_id=emergency.patient_id,
        profile=FRONT_PAGE,
    )
    seconds = int((emergency.expires_at - session.at).total_seconds())
    parameters = [
        {"name": "emergency", "valueId": str(emergency.id)},
        {"name": "access_token", "valueString": emergency.token},
        {"name": "token_type", "valueCode": _scheme()},
        {"name": "expires_in", "valueInteger": seconds},
        {"name": "scope", "valueString": access.READ},
        {"name": "patient", "valueId": str(emergency.patient_id)},
        {"name": "front-page", "resource": front_page},
    ]
    answer = outcomes.answer({"resourceType": "Parameters", "parameter": parameters}, 201)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _issue(emergency: UUID, subject: UUID, expires_at: datetime) -> str:
    """A token out of the caller's own, bound to what that one is bound to."""
    shown = current_app.extensions["citizen_guard"].presented(request)
    if shown is None:
        raise Denied
    return issue_narrow_token(
        current_session(),
        current_actor(),
        shown,
        scopes=(access.READ,),
        audience=base_url().removesuffix("/fhir"),
        patient=subject,
        purpose=EMERGENCY,
        mandate=emergency,
        expires_at=expires_at,
    )


def _scheme() -> str:
    return request.headers.get("Authorization", "").partition(" ")[0] or "Bearer"


def _parameters(*allowed: str) -> dict[str, str]:
    """What was asked, in a Parameters resource (operations.html#request)."""
    negotiation.require_format()
    negotiation.require_no_parameters()
    body = json_reader.read(negotiation.require_json_body())
    listed = body.get("parameter") if isinstance(body, dict) else None
    if not isinstance(listed, list) or body.get("resourceType") != "Parameters":
        raise ParameterInvalid("body", "a Parameters resource", "structure")
    given: dict[str, str] = {}
    for one in listed:
        name = one.get("name") if isinstance(one, dict) else None
        values = [one[kind] for kind in VALUES if kind in one] if isinstance(one, dict) else []
        if name not in allowed or name in given or len(values) != 1 or not isinstance(values[0], str):
            raise ParameterInvalid("parameter", " | ".join(allowed), "not-supported")
        given[name] = values[0]
    return given
