"""Calls in the console: what rings at one's seat, the caller's earlier tickets, and who is still to be called back."""

from uuid import UUID

from flask import Response as FlaskResponse
from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hotline import access, actions
from hotline.pages.blueprint import blueprint
from hotline.pages.context import service_titles
from hotline.pages.words import words
from hotline.rules.calls import CALL_STATE_TITLES
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.json_writer import json_response
from services.web.language import gettext as _

LIST = "/console/hotline/calls"


@blueprint.route(LIST)
@scopes(access.CLAIM)
def list_calls() -> str:
    """The call at one's own seat, all that ring or are spoken, and the missed ones."""
    session, actor = current_session(), current_actor()
    return render_template(
        "hotline/calls.html",
        seat=actions.find_seat(session, actor),
        ringing=actions.find_ringing(session, actor),
        calls=actions.list_calls(session, actor),
        missed=actions.list_missed_calls(session, actor),
        call_states=_states(),
        **words(),
    )


@blueprint.route(f"{LIST}/seat", methods=["POST"])
@scopes(access.CLAIM)
def take_seat() -> Response:
    """Say at which seat one sits."""
    actions.take_seat(current_session(), current_actor(), seat=request.form.get("seat", ""))
    return redirect(LIST, 303)


@blueprint.route(f"{LIST}/ringing")
@scopes(access.CLAIM)
def ask_for_ringing() -> FlaskResponse:
    """Whether a call rings at one's own seat: for screens that ask again and again."""
    found = actions.find_ringing(current_session(), current_actor())
    return json_response({"url": None if found is None else f"{LIST}/{found.id}"})


@blueprint.route(f"{LIST}/<uuid:call_id>")
@scopes(access.CLAIM)
def show_call(call_id: UUID) -> str:
    """Who calls, and what they told before."""
    session, actor = current_session(), current_actor()
    return render_template(
        "hotline/call.html",
        call=actions.read_call(session, actor, call_id=call_id),
        call_states=_states(),
        context=actions.find_context(session, actor, call_id=call_id),
        context_at=f"{LIST}/{call_id}/context",
        context_titles=service_titles(),
        **words(),
    )


def _states() -> dict[str, str]:
    return {state.value: _(title) for state, title in CALL_STATE_TITLES.items()}
