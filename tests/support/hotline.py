"""The hotline over HTTP."""

from typing import Any

from werkzeug.test import TestResponse

from tests.support.doors import Bearer


def act(who: Bearer, ticket: dict[str, Any], action: str, **more: Any) -> TestResponse:
    """Do something to a ticket."""
    return who.post(f"/hotline/v1/tickets/{ticket['id']}/actions", json={"action": action, **more})
