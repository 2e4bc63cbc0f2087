"""Refresh tokens: each works once and brings its successor; a second use ends the whole grant.

Standard: RFC 6749 section 6, RFC 9700 section 4.14.2. There is no grace for a lost answer: these tokens are
not bound to a key, so an honest retry cannot be told from a thief's use.
"""

from typing import Any

from services.database.session import Session
from services.gateway.clients import Client
from services.gateway.oauth.errors import InvalidGrant, InvalidScope, ReplayedGrant
from services.gateway.oauth.handles import Handle, read_handle
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.tokens import issue_tokens, revoke_grant
from services.gateway.store import oauth as store

REFUSED = "The refresh token is unknown, expired, already used, or another client's."


def rotate_refresh_token(
    session: Session,
    issuer: Issuer,
    client: Client,
    *,
    refresh_token: str,
    scopes: tuple[str, ...],
    resources: tuple[str, ...],
) -> dict[str, Any]:
    """Spend a refresh token for an access token and the next refresh token, which can do just as much.

    Effects: the token is spent, tokens are issued. On reuse the grant is revoked, and that is kept.
    Raises: InvalidGrant, ReplayedGrant, LostGrant, InvalidScope, InvalidTarget.
    """
    handle = read_handle(refresh_token)
    if handle is None:
        raise InvalidGrant(REFUSED)
    row = store.consume_refresh_token(session, handle.digest, handle.expires_on)
    if row is None:
        raise _why_not(session, client, handle)
    if row.client_id != client.client_id or row.expires_at <= session.at:
        raise InvalidGrant(REFUSED)
    if set(scopes) - set(row.scopes):
        raise InvalidScope("scope goes beyond what was granted.")
    grant = store.find_live_grant(session, row.subject_id, row.grant_id)
    if grant is None:
        raise InvalidGrant("The grant has ended.")
    granted = tuple(row.scopes)
    wanted = tuple(scope for scope in granted if scope in scopes) if scopes else granted
    return issue_tokens(
        session,
        issuer,
        client,
        grant,
        scopes=issuer.narrow(wanted, resources),
        refresh_scopes=granted,
        nonce=None,
    )


def _why_not(session: Session, client: Client, handle: Handle) -> InvalidGrant:
    row = store.find_refresh_token(session, handle.digest, handle.expires_on)
    if row is None or row.client_id != client.client_id:
        return InvalidGrant(REFUSED)
    revoke_grant(session, row.subject_id, row.grant_id, client_id=client.client_id, reason="refresh_reused")
    return ReplayedGrant("The refresh token was used before; the grant is revoked.")
