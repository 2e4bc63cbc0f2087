"""The envelope every ciphertext wears, and the one place where AES-GCM is called.

Layout: version (1 byte) | algorithm (1) | key id (16) | nonce (12) | ciphertext and tag. The algorithm is an
entry of a table, so that SM4 can stand beside AES without touching what is stored.

Standard: NIST SP 800-38D (AES-256-GCM, 96-bit random nonce). The number of messages under one data key stays
    far below 2^32, the bound of section 8.3 for random nonces.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.vault.errors import SealBroken

VERSION = 1
HEADER = 18
NONCE = 12


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One authenticated cipher: its number in the header, its name, its constructor."""

    number: int
    name: str
    make: Callable[[bytes], _Aead]


AES_256_GCM = Algorithm(1, "AES-256-GCM", AESGCM)
ALGORITHMS = {algorithm.number: algorithm for algorithm in (AES_256_GCM,)}
_HEADS = {number: bytes((VERSION, number)) for number in ALGORITHMS}


@lru_cache(maxsize=1024)
def _cipher(number: int, key: bytes) -> _Aead:
    return ALGORITHMS[number].make(key)


def seal(key: bytes, key_id: UUID, content: bytes, context: bytes) -> bytes:
    """Encrypt `content` so that it opens only with this key and this context."""
    nonce = os.urandom(NONCE)
    number = AES_256_GCM.number
    return _HEADS[number] + key_id.bytes + nonce + _cipher(number, key).encrypt(nonce, content, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Decrypt.

    Raises: SealBroken when anything does not fit: version, algorithm, key, context, or a flipped bit.
    """
    if len(sealed) < HEADER + NONCE or sealed[0] != VERSION or sealed[1] not in ALGORITHMS:
        raise SealBroken
    try:
        return _cipher(sealed[1], key).decrypt(
            sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :], context
        )
    except InvalidTag:
        raise SealBroken from None


def key_id_of(sealed: bytes) -> UUID:
    """Which key a ciphertext names."""
    if len(sealed) < HEADER:
        raise SealBroken
    return UUID(bytes=bytes(sealed[2:HEADER]))
