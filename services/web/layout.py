"""What every page knows: the reader's language and display, where they are, whether they are signed in."""

from typing import Any

from flask import Flask, current_app, g, request

from services import notices
from services.actor import ActorKind
from services.web.current import current_actor, current_session
from services.web.display import chosen
from services.web.forms import issue_form_token
from services.web.language import current_language, gettext
from services.words import msgid


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
        "staff_links": _staff_links(actor.scopes) if actor.kind is ActorKind.STAFF else (),
        "manifests": current_app.extensions["citizen_manifests"],
    }


# The console's bar: what each scope opens.
STAFF_LINKS = (
    ("hotline:claim", "/console/hotline", msgid("队列")),
    ("hotline:work", "/console/desk", msgid("部门")),
    ("ebills:import", "/console/bills", msgid("账务")),
    ("social_card:work", "/console/card", msgid("卡务")),
    ("legal_id:work", "/console/legal", msgid("登记")),
)


def _staff_links(scopes: frozenset[str]) -> list[tuple[str, str]]:
    return [(url, gettext(title)) for scope, url, title in STAFF_LINKS if scope in scopes]
