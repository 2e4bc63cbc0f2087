"""Merging tickets about one matter, and undoing it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hotline import access, actions, schemas
from hotline.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/tickets/<uuid:ticket_id>/alike", methods=["GET"])
@scopes(access.WORK)
@blueprint.response(200, schemas.AlikeSchema(many=True))
def list_alike(ticket_id: UUID) -> list[actions.Alike]:
    """List tickets that may be about the same matter, the likest first."""
    return actions.list_alike(current_session(), current_actor(), ticket_id=ticket_id)


@blueprint.route("/similar", methods=["POST"])
@scopes(access.CREATE)
@blueprint.arguments(schemas.SimilarQuerySchema)
@blueprint.response(200, schemas.SimilarSchema(many=True))
def list_similar(body: Mapping[str, Any]) -> list[actions.Similar]:
    """List public tickets about something like what is to be reported, the likest first."""
    return actions.list_similar(current_session(), **body)


@blueprint.route("/tickets/<uuid:ticket_id>/merge", methods=["POST"])
@scopes(access.WORK)
@blueprint.arguments(schemas.MergeSchema)
@blueprint.response(200, schemas.TicketSchema)
def merge_ticket(body: Mapping[str, Any], ticket_id: UUID) -> actions.TicketView:
    """Let another open ticket go on for this one."""
    return actions.merge_ticket(current_session(), current_actor(), ticket_id=ticket_id, **body)


@blueprint.route("/tickets/<uuid:ticket_id>/unmerge", methods=["POST"])
@scopes(access.WORK)
@blueprint.arguments(schemas.UnmergeSchema)
@blueprint.response(200, schemas.TicketSchema)
def unmerge_ticket(body: Mapping[str, Any], ticket_id: UUID) -> actions.TicketView:
    """Undo a merge exactly."""
    return actions.unmerge_ticket(current_session(), current_actor(), ticket_id=ticket_id, **body)
