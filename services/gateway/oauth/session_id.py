"""`sid`: how one client knows a page session.

Standard: OpenID Connect Front-Channel Logout 1.0 section 3, Back-Channel Logout 1.0 section 2.1. Like `sub`, it
is another one at every sector, so that two clients cannot find out by it that they share a browser.
"""

from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.gateway.clients import Client
from services.ports import KeyRing

FIELD = "gateway.sid"


def session_id_at(keys: KeyRing, sector: str, session_id: UUID) -> str:
    """The `sid` of a page session at one sector: a keyed MAC."""
    return urlsafe_b64encode(keys.index(FIELD, f"{sector}\n{session_id}")).rstrip(b"=").decode()


def session_id_for(keys: KeyRing, client: Client, grant: Row[Any]) -> str | None:
    """The `sid` that this client's ID tokens of a grant carry, if it registered for it.

    It stands for the session in which the grant was given, however often that session is replaced since.
    """
    if not client.wants_session_id:
        return None
    return session_id_at(keys, client.sector, grant.first_session_id or grant.session_id)
