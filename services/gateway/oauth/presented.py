"""A token that a client shows us about itself: access or refresh token, live or not.

Standard: RFC 7009 section 2.1, RFC 7662 section 2.1. `token_type_hint` only says where to look first; our two
kinds cannot be confused, so it is not needed.
"""

from typing import Any

from sqlalchemy import Row

from services.database.session import Session
from services.gateway.access_tokens import AccessTokenClaims, AccessTokenReader
from services.gateway.clients import Client
from services.gateway.oauth.handles import read_handle
from services.gateway.oauth.issuer import Issuer
from services.gateway.store import clients as client_store
from services.gateway.store import oauth as store
from services.vault.signing import list_public_keys


def find_access_token(
    session: Session, issuer: Issuer, client: Client, token: str
) -> AccessTokenClaims | None:
    """The claims of this client's own, genuine and unexpired access token."""
    claims = read_access_token(session, issuer, token)
    return claims if claims is not None and claims.client_id == client.client_id else None


def find_received_token(
    session: Session, issuer: Issuer, client: Client, token: str
) -> AccessTokenClaims | None:
    """The same, or the claims of a token that was sent to one of the services this client runs."""
    claims = read_access_token(session, issuer, token)
    if claims is None:
        return None
    served = {f"{issuer.base_url}/{slug}" for slug in client.resource_servers}
    return claims if claims.client_id == client.client_id or served & set(claims.audience) else None


def read_access_token(session: Session, issuer: Issuer, token: str) -> AccessTokenClaims | None:
    """The claims of any genuine and unexpired access token of ours."""
    reader = issuer.reader or AccessTokenReader(
        issuer=issuer.base_url,
        keys=session.keys,
        public_keys=lambda: list_public_keys(session, "token"),
    )
    return reader.read(token)


def find_refresh_token(session: Session, client: Client, token: str) -> Row[Any] | None:
    """The row of this client's own refresh token, spent and expired ones too."""
    handle = read_handle(token)
    if handle is None:
        return None
    row = store.find_refresh_token(session, handle.digest, handle.expires_on)
    return row if row is not None and row.client_id == client.client_id else None


def is_live(session: Session, claims: AccessTokenClaims) -> bool:
    """Whether an access token would be admitted now: what `gateway.open_request` asks, without opening."""
    if store.is_token_revoked(session, claims.token_id):
        return False
    if claims.account is None or claims.grant is None:
        return client_store.is_client_live(session, claims.client_uuid)
    if claims.actors is not None and not client_store.is_client_live(session, claims.client_uuid):
        return False
    return store.find_live_grant(session, claims.account, claims.grant) is not None
