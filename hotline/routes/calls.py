"""Calls as operators see them: which ring, and who calls."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hotline import access, actions, schemas
from hotline.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/calls", methods=["GET"])
@scopes(access.CLAIM)
@blueprint.arguments(schemas.CallListQuerySchema, location="query")
@blueprint.response(200, schemas.CallListSchema)
def list_calls(query: Mapping[str, Any]) -> dict[str, Any]:
    """List calls that ring or are spoken, with the callers' numbers in part."""
    return {"items": actions.list_calls(current_session(), current_actor(), seat=query["seat"])}


@blueprint.route("/calls/missed", methods=["GET"])
@scopes(access.CLAIM)
@blueprint.response(200, schemas.MissedSchema(many=True))
def list_missed_calls() -> list[actions.MissedView]:
    """List who was not answered and has not been called back, the newest first."""
    return actions.list_missed_calls(current_session(), current_actor())


@blueprint.route("/calls/seat", methods=["PUT"])
@scopes(access.CLAIM)
@blueprint.arguments(schemas.SeatSchema)
@blueprint.response(200, schemas.SeatSchema)
def take_seat(body: Mapping[str, Any]) -> dict[str, Any]:
    """Say at which seat of the telephone system you sit; empty when you leave."""
    session, actor = current_session(), current_actor()
    actions.take_seat(session, actor, seat=body["seat"])
    return {"seat": actions.find_seat(session, actor) or ""}


@blueprint.route("/calls/ringing", methods=["GET"])
@scopes(access.CLAIM)
@blueprint.response(200, schemas.RingingSchema)
def find_ringing() -> dict[str, Any]:
    """Say which call rings or is spoken at your seat; without the number, so that it may be asked often."""
    found = actions.find_ringing(current_session(), current_actor())
    return {"call_id": None if found is None else found.id, "state": None if found is None else found.state}


@blueprint.route("/calls/<uuid:call_id>", methods=["GET"])
@scopes(access.CLAIM)
@blueprint.response(200, schemas.CallDetailSchema)
def read_call(call_id: UUID) -> actions.CallView:
    """Read one call with the caller's number and their earlier tickets."""
    return actions.read_call(current_session(), current_actor(), call_id=call_id)
