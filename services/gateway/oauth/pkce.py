"""Proof Key for Code Exchange (RFC 7636): S256 only, for every client, confidential ones too.

Standard: RFC 9700 section 2.1.1: `plain`, and the missing method that means it, are refused.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode

from services.gateway.oauth.errors import InvalidGrant, InvalidRequest

METHODS = ("S256",)

# Section 4.2: the challenge is BASE64URL of a SHA-256, always 43 characters.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# Section 4.1: 43 to 128 unreserved characters.
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def check_challenge(challenge: str | None, method: str | None) -> str:
    """The challenge of an authorization request.

    Raises: InvalidRequest when it is missing or malformed, or the method is anything but S256.
    """
    if challenge is None:
        raise InvalidRequest("PKCE is required: code_challenge is missing.")
    if method not in METHODS:
        raise InvalidRequest("PKCE is required with code_challenge_method=S256.")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("code_challenge must be 43 characters of base64url.")
    return challenge


def check_verifier(verifier: str | None, challenge: str) -> None:
    """Compare a verifier with the challenge of its code, in constant time.

    Raises: InvalidGrant when it is missing, malformed or another's (RFC 7636 section 4.6 knows no other error).
    """
    if verifier is None:
        raise InvalidGrant("Missing parameter: code_verifier.")
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(challenge_of(verifier), challenge):
        raise InvalidGrant("code_verifier does not match the code_challenge.")


def challenge_of(verifier: str) -> str:
    """BASE64URL(SHA256(ASCII(code_verifier))), section 4.2."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
