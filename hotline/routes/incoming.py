"""Where programs bring what happens: the telephone system its calls, the mail server its letters. Both sign.

Standard: Standard Webhooks 1.0: headers webhook-id, webhook-timestamp, webhook-signature.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import request

from hotline import actions, schemas
from hotline.routes.blueprint import blueprint
from hotline.rules.channels import Channel
from hotline.rules.letters import own_addresses, read_letter
from services.actor import Actor
from services.database.roles import Role
from services.web.current import current_session, current_settings
from services.web.declare import public

View = TypeVar("View", bound=Callable[..., Any])
HEADERS = [
    {"in": "header", "name": name, "required": True, "schema": {"type": "string"}}
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
]
# The message as it came over the wire, whatever type the mail server gives it.
LETTER = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


def signed(channel: Channel) -> Callable[[View], View]:
    """Only a message signed with a key of this channel reaches the view, as `program`; `is_new` once."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def checked(*arguments: Any, **named: Any) -> Any:
            program, is_new = actions.take_delivery(
                current_session(),
                channel=channel,
                message_id=request.headers.get("webhook-id", ""),
                timestamp=request.headers.get("webhook-timestamp", ""),
                signatures=request.headers.get("webhook-signature", ""),
                body=request.get_data(cache=True),
            )
            return view(*arguments, program=program, is_new=is_new, **named)

        return checked  # type: ignore[return-value]

    return wrap


@blueprint.route("/calls", methods=["POST"])
@public("the telephone system signs with a key of its own", role=Role.STAFF)
@signed(Channel.CALLS)
@blueprint.arguments(schemas.CallEventSchema)
@blueprint.response(200, schemas.TakenSchema)
@blueprint.doc(parameters=HEADERS)
def receive_call(body: Mapping[str, Any], *, program: Actor, is_new: bool) -> dict[str, bool]:
    """Take what the telephone system says of a call; the same message a second time has no effect."""
    if is_new:
        actions.record_call(current_session(), program, event=body["type"], **body["data"])
    return {"is_repeat": not is_new}


@blueprint.route("/letters", methods=["POST"])
@public("the mail server signs with a key of its own", role=Role.STAFF)
@signed(Channel.MAIL)
@blueprint.response(200, schemas.ReceivedSchema)
@blueprint.doc(parameters=HEADERS, requestBody=LETTER)
def receive_letter(*, program: Actor, is_new: bool) -> actions.Received:
    """Take a letter as it came (RFC 5322); the answer says what became of it."""
    if not is_new:
        return actions.Received(outcome="repeated")
    letter = read_letter(request.get_data(cache=True), own_addresses(current_settings().smtp_from))
    return actions.receive_letter(current_session(), program, letter=letter)
