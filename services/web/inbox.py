"""The inbox: one's own messages, unread first."""

from uuid import UUID

from flask import render_template

from services import notices
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import signed_in

blueprint = PageBlueprint("inbox", __name__, service="notices")
SHOWN = 50


@blueprint.route("/my/inbox")
@signed_in()
def list_messages() -> str:
    """All messages."""
    found = notices.list_messages(current_session(), current_actor(), limit=SHOWN)
    return render_template("web/inbox.html", messages=found)


@blueprint.route("/my/inbox/<uuid:message_id>")
@signed_in()
def read_message(message_id: UUID) -> str:
    """One message; opening it marks it read."""
    found = notices.read_message(current_session(), current_actor(), message_id=message_id)
    return render_template("web/message.html", message=found)
