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


@blueprint.route("/calls/<uuid:call_id>", methods=["GET"])
@scopes(access.CLAIM)
@blueprint.response(200, schemas.CallDetailSchema)
def read_call(call_id: UUID) -> actions.CallView:
    """Read one call with the caller's number and their earlier tickets."""
    return actions.read_call(current_session(), current_actor(), call_id=call_id)
