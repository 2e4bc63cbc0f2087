"""Broken glasses: ending one's own, and the review."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from health_file import access, actions, schemas
from health_file.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/emergencies", methods=["GET"])
@scopes(access.REVIEW)
@blueprint.response(200, schemas.EmergencyListSchema)
def list_emergencies() -> dict[str, Any]:
    """List what waits for a review; what is late stands first."""
    return {"items": actions.list_emergencies(current_session(), current_actor())}


@blueprint.route("/emergencies/<uuid:emergency_id>/review", methods=["POST"])
@scopes(access.REVIEW)
@blueprint.arguments(schemas.ReviewSchema)
@blueprint.response(204)
def review_emergency(body: Mapping[str, Any], emergency_id: UUID) -> None:
    """Say whether it was right to open the file."""
    actions.review_emergency(current_session(), current_actor(), emergency_id=emergency_id, **body)


@blueprint.route("/emergencies/<uuid:emergency_id>/close", methods=["POST"])
@scopes(access.READ)
@blueprint.response(204)
def close_emergency(emergency_id: UUID) -> None:
    """End an emergency of one's own before its hour is over."""
    actions.close_emergency(current_session(), current_actor(), emergency_id=emergency_id)
