"""What a browser sends of a credential, read without trust; how authenticators know us and our accounts."""

import hashlib
import struct
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticatorTransport

from services.database.session import Session

TRANSPORTS = frozenset(transport.value for transport in AuthenticatorTransport)
# What the library lets through of broken CBOR, base64 and keys.
BROKEN = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This suite as authenticators know it: the host is the id, the address the only origin."""

    origin: str
    name: str

    @property
    def id(self) -> str:
        """The host of the address."""
        return urlsplit(self.origin).hostname or ""


def user_handle(session: Session, account: UUID) -> bytes:
    """How authenticators know the account: nobody without our key can tell it from chance, or lead it back.

    Standard: section 14.6.1: it holds nothing about the person.
    """
    return session.keys.index("passkey-user-handle", str(account))


def digest_of(credential_id: bytes) -> bytes:
    """By what a passkey is found over the whole city."""
    return hashlib.sha256(credential_id).digest()


def challenge_of(credential: Mapping[str, Any]) -> bytes | None:
    """The challenge that the authenticator answered; None when it cannot be read, or another site frames us."""
    try:
        client_data = parse_client_data_json(_bytes_of(credential["response"]["clientDataJSON"]))
        challenge = client_data.challenge
    except BROKEN:
        return None
    return None if client_data.cross_origin else challenge


def credential_id_of(credential: Mapping[str, Any]) -> bytes:
    """The id of the credential that was shown; empty when it cannot be read."""
    try:
        return _bytes_of(credential["rawId"])
    except BROKEN:
        return b""


def is_handle_of(session: Session, credential: Mapping[str, Any], account: UUID) -> bool:
    """Section 7.2 step 6: a user handle that came along must be the credential owner's."""
    try:
        handle = credential["response"].get("userHandle")
        return handle is None or _bytes_of(handle) == user_handle(session, account)
    except BROKEN:
        return False


def transports_of(credential: Mapping[str, Any]) -> Sequence[str]:
    """How the authenticator says it can be reached, in words that we know."""
    given = credential["response"].get("transports")
    words = given if isinstance(given, list) else []
    return sorted(TRANSPORTS.intersection(word for word in words if isinstance(word, str)))


def _bytes_of(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
