"""ID tokens: who signed in, when and how, for one client.

Standard: OpenID Connect Core sections 2 and 3.1.3.6.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from services.database.session import Session
from services.vault.signing import active_signing_key, list_public_keys

ALGORITHMS = ("ES256",)
LIFE = timedelta(minutes=10)


def encode_id_token(
    session: Session,
    *,
    issuer: str,
    client_id: str,
    sub: str,
    acting: str | None,
    acr: str,
    amr: tuple[str, ...] = (),
    auth_time: datetime,
    access_token: str,
    nonce: str | None,
    sid: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> str:
    """Sign an ID token; `acting` names who acts where that is not the subject (RFC 8693 section 4.1).

    `more` are claims about the person that were asked for one by one.
    """
    key = active_signing_key(session, "token")
    claims: dict[str, Any] = {
        **(more or {}),
        "iss": issuer,
        "sub": sub,
        "aud": client_id,
        "azp": client_id,
        "iat": int(session.at.timestamp()),
        "exp": int((session.at + LIFE).timestamp()),
        "auth_time": int(auth_time.timestamp()),
        "acr": acr,
        "at_hash": half_hash(access_token),
    }
    if amr:
        claims["amr"] = list(amr)
    if acting is not None:
        claims["act"] = {"sub": acting}
    if nonce is not None:
        claims["nonce"] = nonce
    if sid is not None:
        claims["sid"] = sid
    header = {"alg": "ES256", "typ": "JWT", "kid": key.kid}
    return jwt.encode(header, claims, cast("ECKey", key.private_key), algorithms=list(ALGORITHMS))


def read_id_token_hint(session: Session, issuer: str, hint: str) -> dict[str, Any] | None:
    """The claims of an ID token that we issued, expired or not, or None.

    Standard: OpenID Connect RP-Initiated Logout section 2: an expired hint is still a hint.
    """
    for key in list_public_keys(session, "token"):
        try:
            token = jwt.decode(hint, cast("ECKey", key.public_key), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError, KeyError, TypeError):
            continue
        claims = token.claims
        is_ours = claims.get("iss") == issuer and token.header.get("typ") == "JWT"
        return claims if is_ours and isinstance(claims.get("aud"), str) else None
    return None


def person_of(claims: dict[str, Any]) -> str:
    """The pairwise name of who signed in, which is the actor where a token is about another person."""
    acting = claims.get("act")
    return str(acting["sub"] if isinstance(acting, dict) and "sub" in acting else claims.get("sub"))


def half_hash(value: str) -> str:
    """`at_hash`: the left half of the SHA-256 that ES256 goes with."""
    return urlsafe_b64encode(hashlib.sha256(value.encode()).digest()[:16]).rstrip(b"=").decode()
