"""Seals and opens columns under the data key of the subject they are about.

The context (AAD) of every ciphertext is schema.table.column, key owner, row id and the seal's version: moved to
another place, it does not open.
"""

import secrets
from collections.abc import Collection
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Column

from services.database.session import Session
from services.vault import envelope, store
from services.vault.errors import Shredded

SEAL_VERSION = b"1"


class Cipher:
    """One subject's opened data key, for sealing and opening many columns within one transaction."""

    __slots__ = ("_key", "_owner")

    def __init__(self, key: bytes, owner_id: UUID) -> None:
        self._key = key
        self._owner = owner_id

    def seal(self, column: Column[bytes], row_id: UUID, content: str | bytes) -> bytes:
        """Seal one value for its place."""
        raw = content.encode() if isinstance(content, str) else content
        return envelope.seal(self._key, self._owner, raw, _context(column, self._owner, row_id))

    def unseal(self, column: Column[bytes], row_id: UUID, sealed: bytes) -> bytes:
        """Open one value in its place. Raises: SealBroken."""
        return envelope.unseal(self._key, sealed, _context(column, self._owner, row_id))

    def unseal_text(self, column: Column[bytes], row_id: UUID, sealed: bytes) -> str:
        """Open one text in its place. Raises: SealBroken."""
        return self.unseal(column, row_id, sealed).decode()


def create_data_key(session: Session, owner_id: UUID, owner_kind: str) -> None:
    """Give a new subject its data key, drawn from the operating system, never from a seed."""
    wrapped = session.keys.wrap(owner_id, secrets.token_bytes(32))
    store.add_data_key(session, owner_id, owner_kind, wrapped)
    session.data_keys[owner_id] = wrapped


def cipher_for(session: Session, owner_id: UUID) -> Cipher:
    """Open a subject's data key once for many values.

    Raises: Shredded when the key was destroyed, or row-level security hides it from this actor.
    """
    wrapped = session.data_keys.get(owner_id)
    if wrapped is None:
        wrapped = store.find_data_key(session, owner_id)
        if wrapped is None:
            raise Shredded
        session.data_keys[owner_id] = wrapped
    return Cipher(session.keys.unwrap(owner_id, wrapped), owner_id)


def ciphers_for(session: Session, owner_ids: Collection[UUID]) -> dict[UUID, Cipher]:
    """Open the data keys of several subjects by one statement; of whom there is none, none comes."""
    missing = [one for one in owner_ids if one not in session.data_keys]
    if missing:
        session.data_keys.update(store.find_data_keys(session, missing))
    return {
        one: Cipher(session.keys.unwrap(one, session.data_keys[one]), one)
        for one in owner_ids
        if one in session.data_keys
    }


def seal(
    session: Session, column: Column[bytes], owner_id: UUID, row_id: UUID, content: str | bytes
) -> bytes:
    """Seal one value under its owner's key, bound to its place."""
    return cipher_for(session, owner_id).seal(column, row_id, content)


def unseal(session: Session, column: Column[bytes], owner_id: UUID, row_id: UUID, sealed: bytes) -> bytes:
    """Open one value. Raises: Shredded, SealBroken."""
    return cipher_for(session, owner_id).unseal(column, row_id, sealed)


def unseal_text(session: Session, column: Column[bytes], owner_id: UUID, row_id: UUID, sealed: bytes) -> str:
    """Open one text. Raises: Shredded, SealBroken."""
    return unseal(session, column, owner_id, row_id, sealed).decode()


def blind_index(session: Session, field: str, value: str) -> bytes:
    """The keyed hash by which a normalised value is found without being stored."""
    return session.keys.index(field, value)


def shred(session: Session, owner_id: UUID) -> bool:
    """Destroy a subject's data key with those of its parts, or the one part's key of this id, and leave a tombstone.

    Whether there was a key.

    Access: the worker's role alone may delete keys.
    Effects: everything sealed under the key is unreadable with this commit, in old backups too once their
        tombstones are replayed.
    """
    existed = store.delete_data_key(session, owner_id)
    existed = store.delete_part_keys(session, owner_id) > 0 or existed
    store.add_tombstone(session, owner_id, session.at)
    session.data_keys.pop(owner_id, None)
    return existed


@lru_cache(maxsize=1024)
def _place(column: Column[bytes]) -> bytes:
    return f"{column.table.schema}.{column.table.name}.{column.name}".encode()


def _context(column: Column[bytes], owner_id: UUID, row_id: UUID) -> bytes:
    """Unambiguous: the ids have fixed length and the place holds no separator."""
    return b"|".join((_place(column), SEAL_VERSION)) + b"|" + owner_id.bytes + row_id.bytes
