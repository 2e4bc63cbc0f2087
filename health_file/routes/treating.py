"""Who treats a resident: seen and rejected by the resident; unusual beginnings, reviewed by supervisors."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from health_file import access, actions, schemas
from health_file.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/treating-units", methods=["GET"])
@scopes(access.CONSENT)
@blueprint.response(200, schemas.TreatingUnitsSchema)
def list_treating_units() -> dict[str, Any]:
    """List the units that may read now because they treat you."""
    return {"items": actions.list_treating_units(current_session(), current_actor())}


@blueprint.route("/treating-units/<string:unit>/rejection", methods=["POST"])
@scopes(access.CONSENT)
@blueprint.response(204)
def reject_unit(unit: str) -> None:
    """Say that a unit does not treat you: it reads on no longer, and what it did is reviewed."""
    actions.reject_unit(current_session(), current_actor(), unit=unit)


@blueprint.route("/openings", methods=["GET"])
@scopes(access.REVIEW)
@blueprint.response(200, schemas.OpeningListSchema)
def list_openings() -> dict[str, Any]:
    """List the unusual beginnings that wait for a review, the oldest first."""
    return {"items": actions.list_openings(current_session(), current_actor())}


@blueprint.route("/openings/<uuid:opening_id>/review", methods=["POST"])
@scopes(access.REVIEW)
@blueprint.arguments(schemas.ReviewSchema)
@blueprint.response(204)
def review_opening(body: Mapping[str, Any], opening_id: UUID) -> None:
    """Say whether it was right to begin."""
    actions.review_opening(current_session(), current_actor(), opening_id=opening_id, **body)
