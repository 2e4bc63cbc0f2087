"""Internal notes of staff."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from hotline import access, actions, schemas
from hotline.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/tickets/<uuid:ticket_id>/notes", methods=["GET"])
@scopes(access.WORK)
@blueprint.response(200, schemas.InternalNoteSchema(many=True))
def list_internal_notes(ticket_id: UUID) -> Sequence[actions.InternalNoteView]:
    """List what staff wrote to one another about a ticket, oldest first."""
    return actions.list_internal_notes(current_session(), current_actor(), ticket_id=ticket_id)


@blueprint.route("/tickets/<uuid:ticket_id>/notes", methods=["POST"])
@scopes(access.WORK)
@blueprint.arguments(schemas.InternalNoteWriteSchema)
@blueprint.response(201, schemas.InternalNoteSchema(many=True))
def add_internal_note(body: Mapping[str, Any], ticket_id: UUID) -> Sequence[actions.InternalNoteView]:
    """Write a note for colleagues; all notes of the ticket come back."""
    session, actor = current_session(), current_actor()
    actions.add_internal_note(session, actor, ticket_id=ticket_id, text=body["text"])
    return actions.list_internal_notes(session, actor, ticket_id=ticket_id)
