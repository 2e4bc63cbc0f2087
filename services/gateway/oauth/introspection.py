"""Token introspection: does a token still work? It writes nothing at all.

Who may ask is the client that a token was issued to, and the system of a service that it is for.

Standard: RFC 7662. Unknown, foreign, expired, spent and revoked tokens are told apart nowhere.
"""

from typing import Any

from sqlalchemy import Row

from services.database.session import Session
from services.gateway.access_tokens import AccessTokenClaims
from services.gateway.clients import Client
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.presented import find_received_token, find_refresh_token, is_live
from services.gateway.oauth.smart.context import patient_context, user_context
from services.gateway.oauth.tokens import names_at, patient_of, token_type
from services.gateway.store import oauth as store

INACTIVE: dict[str, Any] = {"active": False}


def read_token(session: Session, issuer: Issuer, client: Client, token: str) -> dict[str, Any]:
    """What there is to say about a token."""
    claims = find_received_token(session, issuer, client, token)
    if claims is not None:
        return _access_token(session, issuer, claims) if is_live(session, claims) else INACTIVE
    row = find_refresh_token(session, client, token)
    if row is None or row.consumed_at is not None or row.expires_at <= session.at:
        return INACTIVE
    grant = store.find_live_grant(session, row.subject_id, row.grant_id)
    return INACTIVE if grant is None else _refresh_token(session, issuer, client, row, grant)


def _access_token(session: Session, issuer: Issuer, claims: AccessTokenClaims) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "active": True,
        "token_type": token_type(claims.cnf.get("jkt")),
        "client_id": claims.client_id,
        "scope": " ".join(claims.scopes),
        "sub": claims.sub,
        "aud": list(claims.audience),
        "iss": claims.issuer,
        "jti": str(claims.token_id),
        "iat": int(claims.issued_at.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
    }
    if claims.cnf:
        answer["cnf"] = dict(claims.cnf)
    if claims.acr is not None and claims.auth_time is not None:
        answer |= {"acr": claims.acr, "auth_time": int(claims.auth_time.timestamp())}
    if claims.act:
        answer["act"] = dict(claims.act)
    if claims.authorization_details:
        answer["authorization_details"] = [dict(detail) for detail in claims.authorization_details]
    answer |= patient_context(session, issuer, claims.scopes, claims.patient)
    answer |= user_context(session, issuer, claims.scopes, claims.account, unit=claims.unit)
    return answer


def _refresh_token(
    session: Session, issuer: Issuer, client: Client, row: Row[Any], grant: Row[Any]
) -> dict[str, Any]:
    sub, _ = names_at(session, client, row.subject_id, grant.for_subject_id)
    return {
        "active": True,
        "token_type": "refresh_token",
        "client_id": client.client_id,
        "scope": " ".join(row.scopes),
        "sub": sub,
        "iss": issuer.base_url,
        "exp": int(row.expires_at.timestamp()),
        **patient_context(session, issuer, row.scopes, patient_of(grant)),
    }
