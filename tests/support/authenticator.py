"""A soft authenticator: makes passkeys and assertions as the browser's JSON, honest or bent as a test wants."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftAuthenticator:
    """One key. `verifies` sets UV; `syncs` sets BE and BS; `counts` makes the signature counter grow."""

    origin: str = "http://localhost:8000"
    rp_id: str = "localhost"
    verifies: bool = True
    syncs: bool = False
    counts: bool = True
    sign_count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: bytes = b""

    def copy(self, **changes: Any) -> "SoftAuthenticator":
        """The same key, gone astray."""
        return replace(self, **changes)

    def create(self, options: dict[str, Any], **bent: Any) -> dict[str, Any]:
        """What `navigator.credentials.create()` gives for these options."""
        self.user_handle = decode(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = (
            bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(cose)
        )
        data = self._authenticator_data(AT) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data({"type": "webauthn.create", "challenge": options["challenge"]} | bent)
        return self._credential(
            clientDataJSON=client_data, attestationObject=attestation, transports=["internal"]
        )

    def get(self, options: dict[str, Any], *, handle: bytes | None = None, **bent: Any) -> dict[str, Any]:
        """What `navigator.credentials.get()` gives for these options."""
        if self.counts:
            self.sign_count += 1
        data = self._authenticator_data(0)
        client_data = self._client_data({"type": "webauthn.get", "challenge": options["challenge"]} | bent)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=signature,
            userHandle=self.user_handle if handle is None else handle,
        )

    def _authenticator_data(self, flags: int) -> bytes:
        flags |= UP | (UV if self.verifies else 0) | (BE | BS if self.syncs else 0)
        rp = hashlib.sha256(self.rp_id.encode()).digest()
        return rp + bytes([flags]) + self.sign_count.to_bytes(4, "big")

    def _client_data(self, said: dict[str, Any]) -> bytes:
        return json.dumps({"origin": self.origin, "crossOrigin": False} | said).encode()

    def _credential(self, **response: Any) -> dict[str, Any]:
        written = {
            name: encode(value) if isinstance(value, bytes) else value for name, value in response.items()
        }
        name = encode(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": written,
            "clientExtensionResults": {},
        }
