"""Photos on the page of one's own ticket."""

from uuid import UUID

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from hotline import access, actions
from hotline.pages.blueprint import filing
from hotline.rules.pictures import MEDIA_TYPE
from services.errors import NotFound
from services.web.current import current_actor, current_session
from services.web.declare import scopes

PARTS = {"picture", "thumbnail"}


@filing.route("/my/tickets/<uuid:ticket_id>/photos", methods=["POST"])
@scopes(access.CREATE)
def add_photo(ticket_id: UUID) -> AnyResponse:
    """Put a photo to one's own ticket."""
    sent = request.files.get("photo")
    raw = b"" if sent is None else sent.read()
    actions.add_picture(current_session(), current_actor(), ticket_id=ticket_id, raw=raw)
    return redirect(f"/my/tickets/{ticket_id}", 303)


@filing.route("/my/tickets/<uuid:ticket_id>/photos/<uuid:attachment_id>/<part>")
@scopes(access.READ)
def show_photo(ticket_id: UUID, attachment_id: UUID, part: str) -> Response:
    """A photo, or its thumbnail."""
    if part not in PARTS:
        raise NotFound
    content = actions.read_picture(
        current_session(), current_actor(), ticket_id=ticket_id, attachment_id=attachment_id, part=part
    )
    return Response(content, mimetype=MEDIA_TYPE)
