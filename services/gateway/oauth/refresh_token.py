"""Refresh tokens: each works once and brings its successor; a second use ends the whole grant.

Standard: RFC 6749 section 6, RFC 9700 section 4.14.2, RFC 9449 section 5, FAPI 2.0 Security Profile section 5.3.2.1.

| token | used | used again |
|---|---|---|
| not bound to a key | spent, brings a successor | the grant is revoked: a retry cannot be told from a theft |
| bound to a key | spent, brings a successor | within 10 s by the same key: the identical successor; later: revoked |
| of a FAPI client | stays | stays: the client authenticates with a key, and its access tokens are bound |
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.database.session import Session
from services.gateway.clients import Client
from services.gateway.oauth.errors import InvalidGrant, InvalidScope, ReplayedGrant
from services.gateway.oauth.handles import Handle, read_handle, successor
from services.gateway.oauth.holders import revoke_grant
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.tokens import issue_tokens
from services.gateway.store import oauth as store

GRACE = timedelta(seconds=10)
REFUSED = "The refresh token is unknown, expired, already used, or another client's."


def rotate_refresh_token(
    session: Session,
    issuer: Issuer,
    client: Client,
    *,
    refresh_token: str,
    scopes: tuple[str, ...],
    resources: tuple[str, ...],
    jkt: str | None,
    details: str | None = None,
) -> dict[str, Any]:
    """Use a refresh token for an access token and, where it rotates, the next refresh token.

    `jkt` is the thumbprint of the key that the client proved to have, if any.

    Effects: a rotating token is spent, tokens are issued. On reuse the grant is revoked, and that is kept.
    Raises: InvalidGrant, ReplayedGrant, LostGrant, InvalidScope, InvalidTarget.
    """
    handle = read_handle(refresh_token)
    if handle is None:
        raise InvalidGrant(REFUSED)
    if client.is_fapi:
        row, retried = store.find_refresh_token(session, handle.digest, handle.expires_on), None
    else:
        row, retried = _spend(session, client, handle, refresh_token, jkt)
    if row is None or row.client_id != client.client_id or row.expires_at <= session.at:
        raise InvalidGrant(REFUSED)
    if row.dpop_jkt is not None and row.dpop_jkt != jkt:
        raise InvalidGrant("The refresh token is bound to another key.")
    if not issuer.catalogue.covers(row.scopes, scopes):
        raise InvalidScope("scope goes beyond what was granted.")
    grant = store.find_live_grant(session, row.subject_id, row.grant_id)
    if grant is None:
        raise InvalidGrant("The grant has ended.")
    granted = tuple(row.scopes)
    wanted = issuer.catalogue.within(granted, scopes) if scopes else granted
    body = issue_tokens(
        session,
        issuer,
        client,
        grant,
        scopes=issuer.narrow(wanted, resources),
        refresh_scopes=granted,
        nonce=None,
        jkt=jkt,
        details=details,
        successor_of=refresh_token,
        with_refresh_token=not client.is_fapi and retried is None,
    )
    return body if retried is None else body | {"refresh_token": retried}


def _spend(
    session: Session, client: Client, handle: Handle, refresh_token: str, jkt: str | None
) -> tuple[Row[Any] | None, str | None]:
    """Spend a token that rotates; with it the successor that it already has, where this is an honest retry.

    Raises: InvalidGrant, ReplayedGrant.
    """
    row = store.consume_refresh_token(session, handle.digest, handle.expires_on)
    if row is not None:
        return row, None
    row = store.find_refresh_token(session, handle.digest, handle.expires_on)
    if row is None or row.client_id != client.client_id:
        raise InvalidGrant(REFUSED)
    if row.dpop_jkt is not None and row.dpop_jkt == jkt and session.at - row.consumed_at <= GRACE:
        following, _ = successor(session.keys, refresh_token, row.expires_at)
        return row, following
    revoke_grant(session, row.subject_id, row.grant_id, client_id=client.client_id, reason="refresh_reused")
    raise ReplayedGrant("The refresh token was used before; the grant is revoked.")
