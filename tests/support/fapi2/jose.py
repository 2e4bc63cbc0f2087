"""Keys and compact JWS by hand, so that a token can also be made as no library would let us make it.

Standard: RFC 7515 (JWS), RFC 7518 (ES256, PS256, RS256, HS256), RFC 8037 (EdDSA), RFC 7638 (thumbprint).
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

PSS = padding.PSS(padding.MGF1(SHA256()), salt_length=32)
ECDSA = ec.ECDSA(SHA256())
# What a thumbprint is taken over, in the order that JSON is written.
REQUIRED = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}


def b64(content: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The way back."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(value: int, length: int | None = None) -> str:
    """An integer as JWK writes it."""
    return b64(value.to_bytes(length or (value.bit_length() + 7) // 8))


def segment(content: Any) -> str:
    """One part of a compact JWS."""
    return b64(content if isinstance(content, bytes) else json.dumps(content).encode())


@dataclass(frozen=True)
class Key:
    """A private key with the algorithm it signs with."""

    alg: str
    private: Any
    kid: str

    @cached_property
    def public_jwk(self) -> dict[str, Any]:
        """The half that may be told."""
        public = self.private.public_key()
        about = {"kid": self.kid, "use": "sig", "alg": self.alg}
        if isinstance(public, rsa.RSAPublicKey):
            numbers = public.public_numbers()
            return {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e), **about}
        if isinstance(public, ec.EllipticCurvePublicKey):
            point = public.public_numbers()
            return {"kty": "EC", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32), **about}
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes_raw()), **about}

    @cached_property
    def bare_jwk(self) -> dict[str, Any]:
        """The public half as a DPoP proof carries it."""
        return {name: self.public_jwk[name] for name in REQUIRED[self.public_jwk["kty"]]}

    @cached_property
    def private_jwk(self) -> dict[str, Any]:
        """The half that must never be sent."""
        numbers = getattr(self.private, "private_numbers", None)
        if numbers is None:
            return {**self.bare_jwk, "d": b64(self.private.private_bytes_raw())}
        held = numbers()
        return {**self.bare_jwk, "d": number(held.d if self.alg == "PS256" else held.private_value)}

    @cached_property
    def thumbprint(self) -> str:
        """RFC 7638."""
        canonical = json.dumps(self.bare_jwk, separators=(",", ":"), sort_keys=True)
        return b64(hashlib.sha256(canonical.encode()).digest())

    def sign(self, header: dict[str, Any], claims: Any) -> str:
        """A compact JWS by this key and the algorithm that the header names, or else the key's own."""
        return compact(
            header, claims, lambda data: signature(header.get("alg", self.alg), self.private, data)
        )


def new_key(alg: str = "ES256", kid: str = "k1") -> Key:
    """A fresh key."""
    private = {
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "PS256": lambda: rsa.generate_private_key(65537, 2048),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }[alg]()
    return Key(alg, private, kid)


def compact(header: Any, claims: Any, sign: Any) -> str:
    """Three parts, the last by whatever signs."""
    head = f"{segment(header)}.{segment(claims)}"
    return f"{head}.{b64(sign(head.encode()))}"


def signature(alg: str, private: Any, data: bytes) -> bytes:
    """The raw signature."""
    if alg == "none":
        return b""
    if alg == "HS256":
        return hmac.digest(private, data, "sha256")
    if alg == "PS256":
        return private.sign(data, PSS, SHA256())
    if alg == "RS256":
        return private.sign(data, padding.PKCS1v15(), SHA256())
    if alg == "EdDSA":
        return private.sign(data)
    r, s = decode_dss_signature(private.sign(data, ECDSA))
    return r.to_bytes(32) + s.to_bytes(32)


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, not verified."""
    head, body, _ = token.split(".")
    return json.loads(unb64(head)), json.loads(unb64(body))


def verified(token: str, jwks: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of an ES256 token signed by the key of the set that its header names.

    Raises: AssertionError.
    """
    head, body, signed = token.split(".")
    header, claims = opened(token)
    assert header["alg"] == "ES256"
    (jwk,) = (one for one in jwks["keys"] if one["kid"] == header["kid"])
    assert (jwk["kty"], jwk["crv"]) == ("EC", "P-256")
    assert "d" not in jwk
    x, y = (int.from_bytes(unb64(jwk[name])) for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    raw = unb64(signed)
    assert len(raw) == 64
    try:
        der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        public.verify(der, f"{head}.{body}".encode(), ECDSA)
    except InvalidSignature:
        raise AssertionError("the signature does not verify") from None
    return header, claims
