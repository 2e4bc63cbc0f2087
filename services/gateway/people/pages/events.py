"""`/my/account/events`: the reader's own audit trail, and the proof of each line as a file."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response, current_app, request

from services.errors import NotFound
from services.gateway.people.own_events import By, OwnEvent, list_own_events, prove_own_event
from services.gateway.people.pages.own_blueprint import blueprint, page
from services.gateway.people.session_origins import list_places
from services.web.current import current_actor, current_session
from services.web.declare import signed_in
from services.web.json_writer import json_response
from services.web.language import current_language, gettext
from services.words import msgid

WHO = {
    By.SELF: msgid("您本人"),
    By.OTHER: msgid("替您办事的人"),
    By.CLIENT: msgid("应用"),
    By.STAFF: msgid("工作人员"),
    By.SYSTEM: msgid("系统自动"),
    By.NOBODY: msgid("没有登录的人"),
}


@blueprint.get("/my/account/events")
@signed_in()
def show_events() -> Response:
    """A page of them, newest first."""
    session, actor = current_session(), current_actor()
    before = _before()
    found, older = list_own_events(session, actor, before=before)
    places = {
        place.id: " · ".join(filter(None, (place.browser, place.system)))
        for place in list_places(session, actor)
    }
    shown = [_shown(event, places) for event in found]
    return page("gateway/events.html", events=shown, older=older, is_later=before is not None)


@blueprint.get("/my/account/events/<uuid:event_id>/proof")
@signed_in()
def show_event_proof(event_id: UUID) -> Response:
    """The proof of one line, to keep or to hand to somebody."""
    proof = prove_own_event(current_session(), current_actor(), event_id)
    response = json_response(proof.as_json())
    response.headers["Content-Disposition"] = f'attachment; filename="proof-{event_id}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _before() -> UUID | None:
    text = request.args.get("before")
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise NotFound from None


def _shown(event: OwnEvent, places: dict[UUID, str]) -> dict[str, Any]:
    """A line in the reader's words."""
    declared = current_app.extensions["citizen_audit_events"].get(event.event)
    asker = None if event.client is None else event.client[1 if current_language() == "en" else 0]
    return asdict(event) | {
        "title": gettext(declared.title) if declared else event.event,
        "who": gettext(WHO[event.by]),
        "asker": asker,
        "place": places.get(event.session) if event.session else None,
    }
