"""Sealed notes in a browser: what a person typed at an earlier step, kept by nobody but themselves."""

import json
from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Response

from services import clock
from services.gateway.people.errors import StepExpired
from services.gateway.people.pages.cookies import forget_cookie, keep_cookie, read_browser
from services.web.current import current_keys

LIFE = timedelta(minutes=30)


def keep_note(response: Response, name: str, content: Any) -> None:
    """Hand the browser a note that only we can read."""
    sealed = current_keys().seal_reference(
        _purpose(name), json.dumps([clock.now().isoformat(), content]).encode()
    )
    keep_cookie(response, name, sealed, seconds=int(LIFE.total_seconds()))


def read_note(name: str) -> Any:
    """What the note says.

    Raises: StepExpired when there is none, or it is too old.
    """
    sealed = read_browser(name)
    content = current_keys().open_reference(_purpose(name), sealed) if sealed else None
    if content is None:
        raise StepExpired
    written, said = json.loads(content)
    if clock.now() - datetime.fromisoformat(written) > LIFE:
        raise StepExpired
    return said


def drop_note(response: Response, name: str) -> None:
    """Take the note back."""
    forget_cookie(response, name)


def _purpose(name: str) -> str:
    return f"note:{name}"
