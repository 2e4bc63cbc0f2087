"""Proof of possession: a token is bound to a key, and every use of it shows that the sender has that key.

Standard: RFC 9449. Proofs carry a nonce of ours (section 8), so none can be made long in advance, and are taken
once (section 11.1): their ids are spent in PostgreSQL, which all workers share. Nonces are sealed instants:
no table, every worker reads every other's.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, request
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from services import clock
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.gateway.oauth.errors import OAuthError
from services.gateway.oauth.jose import Unreadable, read_claims, read_header
from services.gateway.store.pushed_requests import add_spent_proof
from services.ports import KeyRing
from services.web.current import current_keys
from services.words import msgid

HEADER = "DPoP"
NONCE_HEADER = "DPoP-Nonce"
ALGORITHMS = ("ES256", "PS256", "EdDSA")
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
# How far `iat` may lie back or ahead: FAPI 2.0 section 5.3.2.1 wants 10 seconds ahead accepted, and 60 refused.
MOST_AGE = timedelta(seconds=60)
MOST_AHEAD = timedelta(seconds=10)
NONCE_LIFE = timedelta(minutes=5)
NONCE_PURPOSE = "dpop-nonce"
_LONGEST = 8192
_SMALLEST_RSA_BITS = 2048
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class InvalidDpopProof(OAuthError):
    """The proof is missing, malformed, for another request, or was shown before."""

    error: ClassVar[str] = "invalid_dpop_proof"
    code = "gateway.invalid_dpop_proof"
    title = msgid("这个应用没有证明密钥在它手里，没有办。请回到应用里重新开始")

    def __init__(self, description: str = "The DPoP proof is missing or not valid.") -> None:
        super().__init__(description)


class UseDpopNonce(InvalidDpopProof):
    """The proof must be made anew, over the nonce that this answer brings."""

    error: ClassVar[str] = "use_dpop_nonce"
    code = "gateway.use_dpop_nonce"

    def __init__(self) -> None:
        super().__init__("Make the proof over the nonce in the DPoP-Nonce header.")


@dataclass(frozen=True, slots=True)
class Proof:
    """A sound proof that has not been spent yet: the thumbprint of its key, and what spends it."""

    jkt: str
    digest: bytes
    expires_on: date


@dataclass(frozen=True, slots=True)
class NoncePolicy:
    """Whether a proof without a nonce of ours is sent back for one; a wrong nonce always is."""

    keys: KeyRing
    is_required: bool


def read_proof(
    proof: str | None, *, method: str, url: str, nonces: NoncePolicy, access_token: str | None = None
) -> Proof:
    """Check everything about a proof but whether it was shown before.

    Standard: RFC 9449 section 4.3, whose checks are numbered below; with an access token also section 7.
    Raises: InvalidDpopProof, UseDpopNonce.
    """
    if proof is None or len(proof) > _LONGEST:
        raise InvalidDpopProof
    key, claims = _verified(proof)
    # 8 and 9: the method and the address of this very request.
    if claims.get("htm") != method or not _is_same_target(claims.get("htu"), url):
        raise InvalidDpopProof
    jti, issued_at = claims.get("jti"), claims.get("iat")
    if not isinstance(jti, str) or not 0 < len(jti) <= 255:
        raise InvalidDpopProof
    # 11: made just now.
    if not isinstance(issued_at, int | float) or isinstance(issued_at, bool):
        raise InvalidDpopProof
    now = clock.now()
    if not (now - MOST_AGE).timestamp() <= issued_at <= (now + MOST_AHEAD).timestamp():
        raise InvalidDpopProof
    # 12: over this very access token.
    if access_token is not None and not _is_hash_of(claims.get("ath"), access_token):
        raise InvalidDpopProof
    # 10: last, so that only a proof that is sound in all else learns a nonce is wanted.
    _check_nonce(claims.get("nonce"), nonces)
    jkt = key.thumbprint()
    name = f"{jkt}\n{jti}\n{method}\n{url}".encode("utf-8", "surrogatepass")
    expires_at = now + MOST_AGE + MOST_AHEAD
    return Proof(jkt, hashlib.sha256(name).digest(), expires_at.astimezone(UTC).date())


def spend_proof(session: Session, proof: Proof) -> None:
    """Take a proof: of any number of callers at once exactly one passes.

    Raises: InvalidDpopProof when it was shown before.
    """
    if not add_spent_proof(session, proof.digest, proof.expires_on):
        raise InvalidDpopProof


def spend_in_own_transaction(database: Database, proof: Proof) -> None:
    """Take a proof for good, whatever becomes of the request that brought it.

    Raises: InvalidDpopProof when it was shown before.
    """
    with database.transaction(Opening(role=Role.RESIDENT)) as session:
        spend_proof(session, proof)


def new_nonce(keys: KeyRing) -> str:
    """A nonce for the next proof: a sealed instant."""
    return keys.seal_reference(NONCE_PURPOSE, clock.now().isoformat().encode())


def register(app: Flask) -> None:
    """Let every answer to a request with a proof bring the next nonce (RFC 9449 section 8.2)."""

    @app.after_request
    def bring_nonce(response: Response) -> Response:
        if HEADER in request.headers:
            keys = current_keys()
            response.headers[NONCE_HEADER] = new_nonce(keys)
        return response


def _verified(proof: str) -> tuple[ECKey | RSAKey | OKPKey, dict[str, Any]]:
    """Checks 2 to 7: one JWT of the right type, signed by the public key in its own header."""
    try:
        key = _key_of(read_header(proof))
        return key, read_claims(proof, key)
    except (Unreadable, JoseError, ValueError, KeyError, TypeError) as error:
        raise InvalidDpopProof from error


def _key_of(header: Mapping[str, Any]) -> ECKey | RSAKey | OKPKey:
    jwk = header.get("jwk")
    if header.get("typ") != "dpop+jwt" or not isinstance(jwk, dict) or _PRIVATE_MEMBERS & set(jwk):
        raise InvalidDpopProof
    key: ECKey | RSAKey | OKPKey
    match header["alg"], jwk.get("kty"), jwk.get("crv"):
        case "ES256", "EC", "P-256":
            key = ECKey.import_key(jwk)
        case "EdDSA" | "Ed25519", "OKP", "Ed25519":
            key = OKPKey.import_key(jwk)
        case "PS256", "RSA", None:
            key = RSAKey.import_key(jwk)
            if key.raw_value.key_size < _SMALLEST_RSA_BITS:
                raise InvalidDpopProof
        case _:
            raise InvalidDpopProof
    return key


def _is_same_target(htu: object, url: str) -> bool:
    """Whether both name the same target, query and fragment aside (RFC 3986 sections 6.2.2 and 6.2.3)."""
    if not isinstance(htu, str):
        return False
    try:
        return _normalised(htu) == _normalised(url)
    except ValueError:
        return False


def _normalised(url: str) -> tuple[str, str | None, int | None, str]:
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address with a user's name in it")
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname, port, unquote(parts.path) or "/"


def _is_hash_of(ath: object, access_token: str) -> bool:
    wanted = urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()).rstrip(b"=")
    return isinstance(ath, str) and hmac.compare_digest(ath.encode("utf-8", "surrogatepass"), wanted)


def _check_nonce(nonce: object, nonces: NoncePolicy) -> None:
    if nonce is None and not nonces.is_required:
        return
    content = nonces.keys.open_reference(NONCE_PURPOSE, nonce) if isinstance(nonce, str) else None
    if content is None or clock.now() - datetime.fromisoformat(content.decode()) > NONCE_LIFE:
        raise UseDpopNonce
