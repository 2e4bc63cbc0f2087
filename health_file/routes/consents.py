"""What residents decide about who reads their file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from health_file import access, actions, schemas
from health_file.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/consents", methods=["GET"])
@scopes(access.CONSENT)
@blueprint.response(200, schemas.ConsentListSchema)
def list_consents() -> dict[str, Any]:
    """List what you have decided, newest first; what has ended is among it."""
    return {"items": actions.list_consents(current_session(), current_actor())}


@blueprint.route("/consents", methods=["POST"])
@scopes(access.CONSENT)
@blueprint.arguments(schemas.ConsentRequestSchema)
@blueprint.response(201, schemas.ConsentSchema)
def give_consent(body: Mapping[str, Any]) -> actions.ConsentView:
    """Decide with a FHIR R4 Consent."""
    session, actor = current_session(), current_actor()
    view = actions.give_consent(session, actor, resource=body["resource"])
    return actions.view_of_consent(session, view)


@blueprint.route("/consents/<uuid:consent_id>/withdrawal", methods=["POST"])
@scopes(access.CONSENT)
@blueprint.response(200, schemas.ConsentSchema)
def withdraw_consent(consent_id: UUID) -> actions.ConsentView:
    """Withdraw a decision; from the next request on nobody is let in, or shut out, by it."""
    session, actor = current_session(), current_actor()
    return actions.view_of_consent(session, actions.withdraw_consent(session, actor, consent_id=consent_id))


@blueprint.route("/blocks", methods=["GET"])
@scopes(access.CONSENT)
@blueprint.response(200, schemas.ConsentListSchema)
def list_blocks() -> dict[str, Any]:
    """List whom you shut out now."""
    found = actions.list_consents(current_session(), current_actor())
    return {"items": [one for one in found if one.is_block and one.is_standing]}


@blueprint.route("/blocks", methods=["POST"])
@scopes(access.CONSENT)
@blueprint.arguments(schemas.BlockRequestSchema)
@blueprint.response(201, schemas.ConsentSchema)
def block_reader(body: Mapping[str, Any]) -> actions.ConsentView:
    """Shut out one organisation, or one person wherever they work."""
    return actions.block_reader(current_session(), current_actor(), **body)


@blueprint.route("/blocks/<uuid:consent_id>", methods=["DELETE"])
@scopes(access.CONSENT)
@blueprint.response(204)
def unblock_reader(consent_id: UUID) -> None:
    """Let in again whom you shut out."""
    actions.unblock_reader(current_session(), current_actor(), consent_id=consent_id)
