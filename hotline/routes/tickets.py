"""Tickets: list, file, read, change."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from hotline import access, actions, schemas
from hotline.routes.blueprint import blueprint
from services.web import exports
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.json_writer import json_response
from services.web.pagination import Page, decode_cursor, encode_cursor
from services.web.preconditions import with_etag

LIST = "hotline.tickets"


@blueprint.route("/tickets", methods=["GET"])
@scopes(access.READ)
@blueprint.arguments(schemas.TicketListQuerySchema, location="query")
@blueprint.response(200, schemas.TicketPageSchema)
def list_tickets(query: Mapping[str, Any]) -> Page:
    """List the tickets you may see, newest first."""
    session, actor = current_session(), current_actor()
    limit = query["limit"]
    after = None
    if query["cursor"]:
        at, ticket_id = decode_cursor(session, actor, LIST, query["cursor"])
        after = (datetime.fromisoformat(at), UUID(ticket_id))
    found = actions.list_tickets(session, actor, limit=limit + 1, after=after, only_open=query["only_open"])
    items = found[:limit]
    following = None
    if len(found) > limit:
        last = items[-1]
        following = encode_cursor(session, actor, LIST, [last.created_at.isoformat(), str(last.id)])
    return Page(items, following)


@blueprint.route("/tickets", methods=["POST"])
@scopes(access.CREATE)
@blueprint.arguments(schemas.TicketCreateSchema)
@blueprint.response(201, schemas.TicketFiledSchema)
def create_ticket(body: Mapping[str, Any]) -> actions.Filed:
    """File a ticket; the number and tracking code come back at once."""
    told = dict(body)
    call_id = told.pop("call_id")
    if call_id is not None:
        return actions.file_on_call(current_session(), current_actor(), call_id=call_id, **told)
    return actions.create_ticket(current_session(), current_actor(), channel="api", **told)


@blueprint.route("/tickets/<uuid:ticket_id>", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.TicketDetailSchema)
def read_ticket(ticket_id: UUID) -> Response:
    """Read one ticket with its history."""
    ticket, events = actions.read_ticket(current_session(), current_actor(), ticket_id=ticket_id)
    shown = {
        **asdict(ticket),
        "due_at": ticket.due_at,
        "is_due_provisional": ticket.is_due_provisional,
        "level": ticket.level,
        "policy": actions.version_of([event.said for event in events]),
        "events": events,
    }
    content = schemas.TicketDetailSchema().dump(shown)
    return with_etag(json_response(content), ticket.version)


@blueprint.route("/tickets/<uuid:ticket_id>/replies", methods=["POST"])
@scopes(access.CREATE)
@blueprint.arguments(schemas.TicketReplySchema)
@blueprint.response(200, schemas.TicketSchema)
def reply_to_ticket(body: Mapping[str, Any], ticket_id: UUID) -> actions.TicketView:
    """Reply, confirm, send back or dispute a ticket of your own."""
    return actions.change_ticket(current_session(), current_actor(), ticket_id=ticket_id, **body)


@blueprint.route("/tickets/<uuid:ticket_id>/actions", methods=["POST"])
@scopes(access.WORK)
@blueprint.arguments(schemas.TicketActionSchema)
@blueprint.response(200, schemas.TicketSchema)
def change_ticket(body: Mapping[str, Any], ticket_id: UUID) -> actions.TicketView:
    """Take one step of the ticket's life, as the state table allows."""
    return actions.change_ticket(current_session(), current_actor(), ticket_id=ticket_id, **body)


@blueprint.route("/exports", methods=["POST"])
@scopes(access.READ, step_up=exports.STEP_UP)
@blueprint.response(200, schemas.TicketExportSchema)
def create_export() -> dict[str, Any]:
    """Take a copy of all your tickets."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = actions.list_tickets(session, actor, limit=exports.MOST + 1, after=None, only_open=False)
    return exports.export_of(found)


@blueprint.route("/tickets/<uuid:ticket_id>/publication", methods=["POST"])
@scopes(access.WORK)
@blueprint.arguments(schemas.PublicationSchema)
@blueprint.response(200, schemas.TicketSchema)
def publish_ticket(body: Mapping[str, Any], ticket_id: UUID) -> actions.TicketView:
    """Release a description of the ticket for everybody."""
    return actions.publish_ticket(current_session(), current_actor(), ticket_id=ticket_id, **body)
