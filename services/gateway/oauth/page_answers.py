"""What the pages that ask a person for consent share: whom the person chose, and where the browser goes next."""

from uuid import UUID

from flask import Response, request

from services.gateway.oauth.errors import StaleRequest
from services.gateway.people.sessions import PageSession


def go(url: str) -> Response:
    """Send the browser on; nobody keeps where to."""
    return Response(status=303, headers={"Location": url, "Cache-Control": "no-store"})


def chosen_subject(page: PageSession) -> UUID:
    """For whom the consent is: who is signed in, unless another was chosen. Raises: StaleRequest."""
    try:
        return UUID(request.form.get("subject", str(page.account)))
    except ValueError:
        raise StaleRequest from None
