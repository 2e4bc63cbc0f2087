"""The device authorization endpoint: a device gets a code to poll with, and one to show.

Standard: RFC 8628 sections 3.1 and 3.2.
"""

from typing import Any
from urllib.parse import urlencode

from services.database.session import Session
from services.gateway.client_rules import DEVICE_CODE
from services.gateway.clients import Client
from services.gateway.oauth.device_grant.states import FIRST_INTERVAL_SECONDS, LIFE, State
from services.gateway.oauth.device_grant.user_codes import (
    new_user_code,
    show_user_code,
    user_code_digest,
)
from services.gateway.oauth.errors import InvalidScope, UnauthorizedClient
from services.gateway.oauth.handles import new_handle
from services.gateway.oauth.issuer import Issuer
from services.gateway.store import device_codes as store

PAGE = "/device"


def issue_device_code(
    session: Session,
    issuer: Issuer,
    client: Client,
    *,
    scopes: tuple[str, ...],
    resources: tuple[str, ...],
) -> dict[str, Any]:
    """Open a request that a person may answer within ten minutes.

    Effects: one device code (its digest, and that of its user code).
    Raises: UnauthorizedClient, InvalidScope, InvalidTarget.
    """
    if DEVICE_CODE not in client.grants:
        raise UnauthorizedClient("This client is not registered for the device grant.")
    if not scopes:
        raise InvalidScope("Missing parameter: scope.")
    if not issuer.catalogue.covers(client.scopes, scopes):
        raise InvalidScope("scope is unknown, or beyond what this client registered.")
    issuer.narrow(scopes, resources)
    expires_at = session.at + LIFE
    secret, handle = new_handle(expires_at)
    code = {
        "digest": handle.digest,
        "expires_on": handle.expires_on,
        "client_id": client.client_id,
        "scopes": list(scopes),
        "resources": list(resources),
        "state": State.PENDING.value,
        "interval_seconds": FIRST_INTERVAL_SECONDS,
        "polled_at": None,
        "subject_id": None,
        "grant_id": None,
        "expires_at": expires_at,
    }
    shown = show_user_code(_add(session, code))
    page = f"{issuer.base_url}{PAGE}"
    return {
        "device_code": secret,
        "user_code": shown,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?{urlencode({'user_code': shown})}",
        "expires_in": int(LIFE.total_seconds()),
        "interval": FIRST_INTERVAL_SECONDS,
    }


def _add(session: Session, code: dict[str, Any]) -> str:
    """Insert the code under a user code that no other one of its day has."""
    while True:
        user_code = new_user_code()
        if store.add_device_code(
            session, {**code, "user_code_digest": user_code_digest(session.keys, user_code)}
        ):
            return user_code
