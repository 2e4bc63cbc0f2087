"""One-time tokens of forms: each is the proof against forgery and the idempotency key at once.

A token is a sealed reference over who opened the page (page session, or a browser cookie when signed out), a
random id and the instant of issue.
"""

import json
from datetime import datetime, timedelta

from flask import Flask, Request, Response, g, request

from services import clock, ids
from services.actor import Actor
from services.errors import CitizenError
from services.ports import KeyRing
from services.settings import Settings
from services.web.current import current_actor, current_keys, current_settings
from services.words import msgid

FIELD = "form_token"
PURPOSE = "form"
LIFE = timedelta(hours=2)
BROWSER = "citizen_browser"


class FormExpired(CitizenError):
    """The page was opened too long ago, in another session, or the request does not come from our page."""

    code = "web.form_expired"
    status = 403
    title = msgid("此页已过期，内容还在，请再按一次")


def issue_form_token() -> str:
    """A fresh token for one form of the page being drawn."""
    keys = current_keys()
    holder = holder_of(current_actor())
    content = json.dumps([holder, str(ids.new_id()), clock.now().isoformat()]).encode()
    return keys.seal_reference(PURPOSE, content)


def verify_form_token(keys: KeyRing, actor: Actor, sent: Request) -> str:
    """The one-time id of the form that was sent.

    Raises: FormExpired when the token is missing, foreign or old, or the browser says that another site sent it.
    """
    if is_from_elsewhere(sent):
        raise FormExpired
    content = keys.open_reference(PURPOSE, sent.form.get(FIELD, ""))
    if content is None:
        raise FormExpired
    holder, token_id, issued = json.loads(content)
    if holder != holder_of(actor) or clock.now() - datetime.fromisoformat(issued) > LIFE:
        raise FormExpired
    return str(token_id)


def is_from_elsewhere(sent: Request) -> bool:
    """Whether the browser says that another site sent this."""
    settings = current_settings()
    origins = {None, "null", settings.base_url, sent.host_url.rstrip("/")}
    return sent.headers.get("Origin") not in origins or sent.headers.get("Sec-Fetch-Site") in {
        "cross-site",
        "same-site",
    }


def browser_cookie(settings: Settings) -> str:
    """The name of the cookie that stands for a signed-out browser."""
    return f"__Host-{BROWSER}" if settings.is_secure else BROWSER


def holder_of(actor: Actor) -> str:
    """Whose form or ceremony this is: the page session, or the browser."""
    if actor.grant is not None:
        return str(actor.grant)
    settings = current_settings()
    known = g.get("citizen_browser") or request.cookies.get(browser_cookie(settings))
    if not known:
        known = ids.new_token(16)
        g.citizen_browser = known
    return str(known)


def register(app: Flask, settings: Settings) -> None:
    """Set the browser's cookie when a page has drawn a form for it."""

    @app.after_request
    def remember(response: Response) -> Response:
        if "citizen_browser" in g:
            response.set_cookie(
                browser_cookie(settings),
                g.citizen_browser,
                secure=settings.is_secure,
                httponly=True,
                samesite="Lax",
                path="/",
            )
        return response
