"""How a caller stands in other services: residents consent, operators hear."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from hotline import access, actions, schemas
from hotline.offered import offered_contexts
from hotline.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import gettext


@blueprint.route("/context-grants", methods=["GET"])
@scopes(access.SHARE)
@blueprint.response(200, schemas.ContextGrantSchema(many=True))
def list_context_grants() -> Sequence[actions.GrantView]:
    """List your consents that operators hear how you stand in other services."""
    return actions.list_context_grants(current_session(), current_actor())


@blueprint.route("/context-grants", methods=["POST"])
@scopes(access.SHARE)
@blueprint.arguments(schemas.ContextGrantCreateSchema)
@blueprint.response(201, schemas.ContextGrantSchema)
def grant_context(body: Mapping[str, Any]) -> actions.GrantView:
    """Let operators hear how you stand in some services."""
    return actions.grant_context(current_session(), current_actor(), offered=offered_contexts(), **body)


@blueprint.route("/context-grants/<uuid:grant_id>", methods=["DELETE"])
@scopes(access.SHARE)
@blueprint.response(204)
def revoke_context(grant_id: UUID) -> None:
    """End a consent at once."""
    actions.revoke_context(current_session(), current_actor(), grant_id=grant_id)


@blueprint.route("/context-codes", methods=["POST"])
@scopes(access.SHARE)
@blueprint.arguments(schemas.ContextCodeCreateSchema)
@blueprint.response(201, schemas.ContextCodeSchema)
def make_context_code(body: Mapping[str, Any]) -> actions.CodeView:
    """Make eight digits to be read out to the operator on the line."""
    return actions.make_context_code(current_session(), current_actor(), offered=offered_contexts(), **body)


@blueprint.route("/context-looks", methods=["GET"])
@scopes(access.SHARE)
@blueprint.response(200, schemas.ContextLookSchema(many=True))
def list_context_looks() -> Sequence[actions.LookView]:
    """List which operators looked, and what they were told."""
    return actions.list_context_looks(current_session(), current_actor())


@blueprint.route("/calls/<uuid:call_id>/context-code", methods=["POST"])
@scopes(access.CLAIM)
@blueprint.arguments(schemas.ContextRedeemSchema)
@blueprint.response(204)
def redeem_context_code(body: Mapping[str, Any], call_id: UUID) -> None:
    """Type in what the resident on the line read out."""
    actions.redeem_context_code(current_session(), current_actor(), call_id=call_id, code=body["code"])


@blueprint.route("/calls/<uuid:call_id>/context", methods=["POST"])
@scopes(access.CLAIM)
@blueprint.response(200, schemas.ContextSaidSchema(many=True))
def read_context_of_call(call_id: UUID) -> list[dict[str, Any]]:
    """Hear how the caller stands in the services that they consented to."""
    return _said(
        actions.read_context(current_session(), current_actor(), offered=offered_contexts(), call_id=call_id)
    )


@blueprint.route("/tickets/<uuid:ticket_id>/context", methods=["POST"])
@scopes(access.CLAIM)
@blueprint.response(200, schemas.ContextSaidSchema(many=True))
def read_context_of_ticket(ticket_id: UUID) -> list[dict[str, Any]]:
    """Hear how the reporter stands in the services that they consented to."""
    return _said(
        actions.read_context(
            current_session(), current_actor(), offered=offered_contexts(), ticket_id=ticket_id
        )
    )


def _said(told: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    offered = offered_contexts()
    return [
        {
            "service": name,
            "codes": codes,
            "sentences": [gettext(offered[name].sentences[code]) for code in codes],
        }
        for name, codes in told.items()
    ]
