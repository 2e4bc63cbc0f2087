"""Erasing the file: asked for, seen, taken back, receipted; by its owner alone."""

from typing import Any
from uuid import UUID

from flask import Response

from health_file import access, actions, schemas
from health_file.fhir.routes.erase import STEP_UP, issuer
from health_file.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/erasures", methods=["GET"])
@scopes(access.ERASE)
@blueprint.response(200, schemas.ErasuresSchema)
def list_erasures() -> dict[str, Any]:
    """List the wishes that this file be erased, newest first."""
    return {"items": actions.list_erasures(current_session(), current_actor())}


@blueprint.route("/erasures", methods=["POST"])
@scopes(access.ERASE, step_up=STEP_UP)
@blueprint.response(202, schemas.ErasureSchema)
def ask_for_erasure() -> Any:
    """Ask that the whole file be erased for ever, after seven days in which this can be withdrawn."""
    return actions.ask_for_erasure(current_session(), current_actor(), issuer=issuer())


@blueprint.route("/erasures/<uuid:erasure_id>", methods=["GET"])
@scopes(access.ERASE)
@blueprint.response(200, schemas.ErasureSchema)
def read_erasure(erasure_id: UUID) -> Any:
    """Read how an erasure stands."""
    return actions.read_erasure(current_session(), current_actor(), erasure_id)


@blueprint.route("/erasures/<uuid:erasure_id>", methods=["DELETE"])
@scopes(access.ERASE)
@blueprint.response(200, schemas.ErasureSchema)
def withdraw_erasure(erasure_id: UUID) -> Any:
    """Take the wish back: the file stays."""
    return actions.withdraw_erasure(current_session(), current_actor(), erasure_id)


@blueprint.route("/erasures/<uuid:erasure_id>/receipt", methods=["GET"])
@scopes(access.ERASE)
@blueprint.response(200, content_type="application/jwt")
def read_erasure_receipt(erasure_id: UUID) -> Response:
    """Take the signed receipt of an erasure: a JWS that the published keys verify."""
    receipt = actions.read_receipt(current_session(), current_actor(), erasure_id)
    return Response(receipt, mimetype="application/jwt")
