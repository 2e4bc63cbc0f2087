"""The introspection answer as a signed token, for who must be able to show later what it was told.

Standard: RFC 9701 section 5.
"""

from typing import Any, cast

from joserfc import jwt
from joserfc.jwk import ECKey

from services.database.session import Session
from services.vault.signing import active_signing_key

ALGORITHMS = ("ES256",)
TYPE = "token-introspection+jwt"
MEDIA_TYPE = f"application/{TYPE}"


def sign_introspection(session: Session, *, issuer: str, client_id: str, answer: dict[str, Any]) -> str:
    """Sign an answer for the one who asked; the token's own claims stay inside `token_introspection`.

    There is no `sub` and no `exp` beside them: the answer cannot be taken for an access token (section 8.1).
    """
    key = active_signing_key(session, "token")
    claims = {
        "iss": issuer,
        "aud": client_id,
        "iat": int(session.at.timestamp()),
        "token_introspection": answer,
    }
    header = {"alg": ALGORITHMS[0], "typ": TYPE, "kid": key.kid}
    return jwt.encode(header, claims, cast("ECKey", key.private_key), algorithms=list(ALGORITHMS))
