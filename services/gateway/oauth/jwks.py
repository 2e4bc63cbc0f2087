"""The public half of the keys of tokens and receipts: next, active and retired, so that rotation fails nobody.

Standard: RFC 7517 section 5.
"""

from typing import Any

from services.database.session import Session
from services.vault.signing import list_public_keys

# A key is published this long, and longer, before it signs; verifiers may keep the set as long.
MAX_AGE_SECONDS = 300
# Keys of tokens, and of receipts, which stay verifiable for ever.
PUBLISHED = ("token", "receipt")


def list_jwks(session: Session) -> dict[str, list[dict[str, Any]]]:
    """The JWK Set."""
    return {"keys": [key.jwk for use in PUBLISHED for key in list_public_keys(session, use)]}
