"""Pictures of tickets, under a limit of their own for what may be sent."""

from typing import Any
from uuid import UUID

from flask import Response, request

from hotline import access, actions, schemas
from hotline.rules.pictures import MEDIA_TYPE, MOST_BYTES
from services.web.blueprints import ApiBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes

blueprint = ApiBlueprint(
    "hotline_attachments",
    "hotline",
    service="hotline",
    url_prefix="/hotline/v1/tickets",
    description="Pictures of tickets",
)
# Room for the frame of a form around the picture.
blueprint.most_body_bytes = MOST_BYTES + 64 * 1024
BYTES = {"schema": {"type": "string", "format": "binary"}}
# What it is, the first bytes say.
BODY = {"required": True, "content": {"application/octet-stream": BYTES}}


@blueprint.route("/<uuid:ticket_id>/attachments", methods=["POST"])
@scopes(access.CREATE)
@blueprint.response(201, schemas.AttachmentSchema)
@blueprint.doc(requestBody=BODY)
def add_picture(ticket_id: UUID) -> actions.AttachmentView:
    """Put a picture to a ticket: the bytes themselves, or the part `file` of a form."""
    sent = request.files.get("file")
    raw = request.get_data(cache=False) if sent is None else sent.read()
    return actions.add_picture(current_session(), current_actor(), ticket_id=ticket_id, raw=raw)


@blueprint.route("/<uuid:ticket_id>/attachments", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.AttachmentListSchema)
def list_pictures(ticket_id: UUID) -> dict[str, Any]:
    """List the pictures of a ticket."""
    return {"items": actions.list_pictures(current_session(), current_actor(), ticket_id=ticket_id)}


@blueprint.route("/<uuid:ticket_id>/attachments/<uuid:attachment_id>", methods=["GET"])
@scopes(access.READ)
@blueprint.arguments(schemas.AttachmentQuerySchema, location="query")
@blueprint.response(200, content_type=MEDIA_TYPE)
def read_picture(query: dict[str, Any], ticket_id: UUID, attachment_id: UUID) -> Response:
    """Read a picture, or its thumbnail."""
    content = actions.read_picture(
        current_session(),
        current_actor(),
        ticket_id=ticket_id,
        attachment_id=attachment_id,
        part=query["part"],
    )
    return Response(content, mimetype=MEDIA_TYPE)
