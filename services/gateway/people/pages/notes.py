"""Sealed notes in a browser: what a person typed at an earlier step, kept by nobody but themselves."""

import json
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, request
from werkzeug.wrappers import Response

from services import clock
from services.gateway.people.errors import StepExpired
from services.ports import KeyRing
from services.settings import Settings

LIFE = timedelta(minutes=30)


def keep_note(response: Response, name: str, content: Any) -> None:
    """Hand the browser a note that only we can read."""
    sealed = _keys().seal_reference(_purpose(name), json.dumps([clock.now().isoformat(), content]).encode())
    response.set_cookie(
        _cookie(name),
        sealed,
        max_age=int(LIFE.total_seconds()),
        secure=current_settings().is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def read_note(name: str) -> Any:
    """What the note says.

    Raises: StepExpired when there is none, or it is too old.
    """
    sealed = request.cookies.get(_cookie(name))
    content = _keys().open_reference(_purpose(name), sealed) if sealed else None
    if content is None:
        raise StepExpired
    written, said = json.loads(content)
    if clock.now() - datetime.fromisoformat(written) > LIFE:
        raise StepExpired
    return said


def drop_note(response: Response, name: str) -> None:
    """Take the note back."""
    response.delete_cookie(
        _cookie(name), secure=current_settings().is_secure, httponly=True, samesite="Lax", path="/"
    )


def read_browser(name: str) -> str | None:
    """The value of a cookie of ours, under the name it bears here."""
    return request.cookies.get(_cookie(name))


def current_settings() -> Settings:
    """The process's settings."""
    settings: Settings = current_app.extensions["citizen_settings"]
    return settings


def _purpose(name: str) -> str:
    return f"note:{name}"


def _cookie(name: str) -> str:
    return f"__Host-{name}" if current_settings().is_secure else name


def _keys() -> KeyRing:
    keys: KeyRing = current_app.extensions["citizen_database"].keys
    return keys
