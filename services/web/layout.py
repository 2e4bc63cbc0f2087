"""What every page knows: the reader's language and display, where they are, whether they are signed in."""

from typing import Any

from flask import Flask, current_app, g, request

from services import notices
from services.actor import Actor, ActorKind
from services.manifest import Desk
from services.web.current import current_actor, current_manifests, current_session
from services.web.display import chosen
from services.web.forms import issue_form_token
from services.web.language import current_language, gettext


def register(app: Flask) -> None:
    """Give all templates the page's surroundings."""
    app.context_processor(_surroundings)
    app.jinja_env.globals["issue_form_token"] = issue_form_token
    app.jinja_env.globals["unread_count"] = unread_count


def unread_count() -> int:
    """How many messages wait for the signed-in person; asked by the layout where it shows the number."""
    actor = current_actor()
    # A page about an error is drawn when the transaction is over.
    if actor.account is None or actor.kind is not ActorKind.RESIDENT or "citizen_session" not in g:
        return 0
    return notices.count_unread(current_session(), actor)


def _surroundings() -> dict[str, Any]:
    actor = current_actor()
    display = chosen()
    return {
        "language": current_language(),
        "mode": display.get("mode", "normal"),
        "theme": display.get("theme", "device"),
        "contrast": display.get("contrast", "device"),
        "path": request.full_path.rstrip("?") if request.method == "GET" else "/",
        "signed_in": actor.kind in {ActorKind.RESIDENT, ActorKind.STAFF},
        "is_staff": actor.kind is ActorKind.STAFF,
        "desks": _desks(actor) if actor.kind is ActorKind.STAFF else (),
        "manifests": current_manifests(),
    }


def _desks(actor: Actor) -> list[tuple[str, str]]:
    desks: tuple[Desk, ...] = current_app.extensions["citizen_desks"]
    return [(desk.url, gettext(desk.title)) for desk in desks if desk.is_open_to(actor)]
