"""Long contents sealed in chunks, each for its own place, and opened again only as a whole.

The seal of a chunk names the row it belongs to, its place there, its number, and whether it is the last (besides table,
column and owner, which the cipher adds): a chunk that was flipped, swapped, left out, added or cut off does not open.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Column

from services.vault.errors import SealBroken
from services.vault.parts import PartCipher
from services.vault.sealing import Cipher

CHUNK_BYTES = 256 * 1024


def seal_chunks(
    cipher: Cipher | PartCipher, column: Column[bytes], row_id: UUID, place: Sequence[int], content: bytes
) -> list[bytes]:
    """Seal a content in as many chunks as it needs, in order; an empty one is one chunk."""
    starts = range(0, max(len(content), 1), CHUNK_BYTES)
    last = len(starts) - 1
    return [
        cipher.seal(
            column,
            seal_place(row_id, *place, number, int(number == last)),
            content[start : start + CHUNK_BYTES],
        )
        for number, start in enumerate(starts)
    ]


def unseal_chunks(
    cipher: Cipher | PartCipher,
    column: Column[bytes],
    row_id: UUID,
    place: Sequence[int],
    sealed: Sequence[bytes],
) -> bytes:
    """Open a content from all its chunks, in order. Raises: SealBroken, where one is missing too."""
    if not sealed:
        raise SealBroken
    last = len(sealed) - 1
    return b"".join(
        cipher.unseal(column, seal_place(row_id, *place, number, int(number == last)), one)
        for number, one in enumerate(sealed)
    )


def seal_place(row_id: UUID, *numbers: int) -> UUID:
    """One id for a place that takes more than a row's id to name, as the vault binds one id to every seal."""
    named = row_id.bytes + b"".join(number.to_bytes(4) for number in numbers)
    return UUID(bytes=hashlib.sha256(named).digest()[:16])
