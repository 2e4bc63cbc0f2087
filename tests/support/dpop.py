"""A client's key that proves possession (RFC 9449), sound or spoiled on purpose."""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from services import clock, ids
from services.gateway.oauth.dpop import new_nonce
from services.ports import KeyRing
from services.web.json_writer import write

NEW_KEY = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "PS256": lambda: RSAKey.generate_key(2048),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
}


class ProofKey:
    """Makes proofs for one issuer; every claim and header member can be replaced."""

    def __init__(self, keys: KeyRing, issuer: str, alg: str = "ES256") -> None:
        self.alg = alg
        self.key: Any = NEW_KEY[alg]()
        self._keys = keys
        self._issuer = issuer

    @property
    def jkt(self) -> str:
        return self.key.thumbprint()

    def proof(
        self,
        path: str = "/oauth/token",
        method: str = "POST",
        *,
        token: str | None = None,
        header: dict[str, Any] | None = None,
        **given: Any,
    ) -> str:
        claims: dict[str, Any] = {
            "jti": ids.new_token(16),
            "htm": method,
            "htu": self._issuer + path,
            "iat": int(clock.now().timestamp()),
            "nonce": new_nonce(self._keys),
        }
        if token is not None:
            claims["ath"] = ath_of(token)
        claims = {name: value for name, value in (claims | given).items() if value is not None}
        sealed = {"typ": "dpop+jwt", "alg": self.alg, "jwk": self.key.as_dict(private=False)} | (header or {})
        sealed = {name: value for name, value in sealed.items() if value is not None}
        # Joined by hand: the library refuses to make what a server must refuse to take.
        content = f"{_encoded(write(sealed))}.{_encoded(write(claims))}"
        algorithm = JWSRegistry(algorithms=[self.alg]).get_alg(self.alg)
        return f"{content}.{_encoded(algorithm.sign(content.encode(), self.key))}"


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def ath_of(token: str) -> str:
    """RFC 9449 section 4.2."""
    return _encoded(hashlib.sha256(token.encode()).digest())
