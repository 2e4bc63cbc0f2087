"""The logout token: a signed word that a session, known to one client by `sid` and `sub`, has ended.

Standard: OpenID Connect Back-Channel Logout 1.0 section 2.4. It never holds a `nonce`, so that it cannot be
taken for an ID token, and its `typ` says the same.
"""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey

from services.database.session import Session
from services.gateway.oauth.id_token import ALGORITHMS
from services.vault.signing import active_signing_key

TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFE = timedelta(minutes=2)


def encode_logout_token(
    session: Session, *, issuer: str, client_id: str, notice_id: UUID, sub: str, sid: str
) -> str:
    """Sign a logout token; every attempt to deliver one notice carries the same `jti`."""
    key = active_signing_key(session, "token")
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": client_id,
        "iat": int(session.at.timestamp()),
        "exp": int((session.at + LIFE).timestamp()),
        "jti": str(notice_id),
        "sub": sub,
        "sid": sid,
        "events": {EVENT: {}},
    }
    header = {"alg": ALGORITHMS[0], "typ": TYPE, "kid": key.kid}
    return jwt.encode(header, claims, cast("ECKey", key.private_key), algorithms=list(ALGORITHMS))
