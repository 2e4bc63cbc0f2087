"""Polling: a device asks at the token endpoint until the person has answered, and gets its tokens once.

Standard: RFC 8628 sections 3.4 and 3.5.
"""

from typing import Any

from services.database.session import Session
from services.gateway.clients import Client
from services.gateway.oauth.device_grant.states import SLOWER_BY_SECONDS, State, is_too_fast, state_at
from services.gateway.oauth.errors import (
    AccessDenied,
    AuthorizationPending,
    ExpiredToken,
    InvalidGrant,
    InvalidTarget,
    OAuthError,
    ReplayedGrant,
    SlowDown,
)
from services.gateway.oauth.handles import Handle, read_handle
from services.gateway.oauth.holders import revoke_grant
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.tokens import issue_tokens
from services.gateway.store import device_codes as store
from services.gateway.store.oauth import find_live_grant

REFUSED = "The device code is unknown, already used, or another client's."


def redeem_device_code(
    session: Session,
    issuer: Issuer,
    client: Client,
    *,
    device_code: str,
    resources: tuple[str, ...],
    jkt: str | None,
) -> dict[str, Any]:
    """Spend an approved device code for tokens, bound to the key of thumbprint `jkt`, or say how it stands.

    Effects: the code is redeemed and tokens are issued; while it is pending, when it was polled. A second
        redemption revokes the grant, as with an authorization code.
    Raises: AuthorizationPending, SlowDown, AccessDenied, ExpiredToken, InvalidGrant, ReplayedGrant, LostGrant.
    """
    handle = read_handle(device_code)
    if handle is None:
        raise InvalidGrant(REFUSED)
    row = store.redeem_device_code(session, handle.digest, handle.expires_on, client.client_id)
    if row is None:
        raise _why_not(session, client, handle)
    grant = find_live_grant(session, row.subject_id, row.grant_id)
    if grant is None:
        raise InvalidGrant("The grant has ended.")
    if row.resources and set(resources) - set(row.resources):
        raise InvalidTarget("resource was not part of the device authorization request.")
    agreed = issuer.narrow(tuple(grant.scopes), tuple(row.resources))
    return issue_tokens(
        session,
        issuer,
        client,
        grant,
        scopes=issuer.narrow(agreed, resources),
        refresh_scopes=agreed,
        nonce=None,
        jkt=jkt,
    )


def _why_not(session: Session, client: Client, handle: Handle) -> OAuthError:
    """What a code that cannot be redeemed now is answered with; its row stays locked until the answer."""
    row = store.lock_device_code(session, handle.digest, handle.expires_on)
    if row is None or row.client_id != client.client_id:
        return InvalidGrant(REFUSED)
    state = state_at(row.state, row.expires_at, session.at)
    if state is State.REDEEMED:
        revoke_grant(
            session, row.subject_id, row.grant_id, client_id=client.client_id, reason="device_code_replayed"
        )
        return ReplayedGrant("The device code was used before; the grant is revoked.")
    if state is State.DENIED:
        return AccessDenied("The person did not allow it.")
    if state is State.EXPIRED:
        return ExpiredToken("The device code has expired.")
    too_fast = is_too_fast(row.polled_at, row.interval_seconds, session.at)
    interval = row.interval_seconds + (SLOWER_BY_SECONDS if too_fast else 0)
    store.change_polled(session, handle.digest, handle.expires_on, interval)
    if too_fast:
        return SlowDown("Poll less often: add five seconds to the interval.")
    return AuthorizationPending("The person has not answered yet.")
