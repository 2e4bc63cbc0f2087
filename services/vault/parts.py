"""A key of its own for one part of what is kept about a subject, so that this part can be destroyed alone.

A part is named by the service that keeps it. What was sealed says itself under which key: the envelope carries the
key's id. So what stands under the subject's key from before goes on to open beside what stands under the part's.
Each new key of a part has a new id: a tombstone means one key, not what its owner began afresh afterwards.
"""

import secrets
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Column

from services import ids
from services.database.roles import Role
from services.database.session import Session
from services.vault import envelope, store
from services.vault.errors import SealBroken, Shredded
from services.vault.sealing import Cipher


class PartCipher:
    """The keys of one part of one subject: seals under the part's own, opens what stands under either."""

    __slots__ = ("_opened", "_owner", "_part", "_session")

    def __init__(self, session: Session, owner_id: UUID, part: str) -> None:
        self._session = session
        self._owner = owner_id
        self._part = part
        self._opened: dict[UUID, Cipher] = {}

    def seal(self, column: Column[bytes], row_id: UUID, content: str | bytes) -> bytes:
        """Seal one value for its place. Effects: the part's key, where there is none yet. Raises: Shredded."""
        create_part_keys(self._session, self._part, [self._owner])
        held = _held(self._session, self._part, self._owner)
        if held is None:
            raise Shredded
        return self._with(*held).seal(column, row_id, content)

    def unseal(self, column: Column[bytes], row_id: UUID, sealed: bytes) -> bytes:
        """Open one value in its place. Raises: SealBroken; Shredded when its key was destroyed."""
        named = envelope.key_id_of(sealed)
        held = _held(self._session, self._part, self._owner)
        if held is not None and held[0] == named:
            return self._with(*held).unseal(column, row_id, sealed)
        if named == self._owner:
            whole = self._with(named, self._session.data_keys[named])
            return whole.unseal(column, row_id, sealed)
        raise Shredded if self._is_destroyed(named) else SealBroken

    def unseal_text(self, column: Column[bytes], row_id: UUID, sealed: bytes) -> str:
        """Open one text in its place. Raises: as unseal."""
        return self.unseal(column, row_id, sealed).decode()

    def _is_destroyed(self, named: UUID) -> bool:
        """Whether a key that is not there was destroyed; residents may not look among all that were."""
        if self._session.opening.role is not Role.RESIDENT:
            return store.has_tombstone(self._session, named)
        with self._session.entered(Role.GATEWAY):
            return store.has_tombstone(self._session, named)

    def _with(self, key_id: UUID, wrapped: bytes) -> Cipher:
        """Under a key, which is unwrapped once."""
        found = self._opened.get(key_id)
        if found is None:
            found = self._opened[key_id] = Cipher(self._session.keys.unwrap(key_id, wrapped), key_id)
        return found


def part_cipher_for(session: Session, owner_id: UUID, part: str) -> PartCipher:
    """The keys of one subject's part. Raises: Shredded when the subject's own key is gone or hidden."""
    found = part_ciphers_for(session, [owner_id], part)
    if owner_id not in found:
        raise Shredded
    return found[owner_id]


def part_ciphers_for(session: Session, owner_ids: Collection[UUID], part: str) -> dict[UUID, PartCipher]:
    """The keys of several subjects' part by one statement at most; of whom there is no key, none comes."""
    missing = [
        one for one in owner_ids if one not in session.data_keys or (one, part) not in session.part_keys
    ]
    if missing:
        for owner, wrapped, key_id, part_wrapped in store.find_keys_with_part(session, missing, part):
            session.data_keys[owner] = wrapped
            session.part_keys[owner, part] = (
                None if key_id is None or part_wrapped is None else (key_id, part_wrapped)
            )
    return {one: PartCipher(session, one, part) for one in owner_ids if one in session.data_keys}


def create_part_keys(session: Session, part: str, owner_ids: Collection[UUID]) -> None:
    """Give subjects a key for a part where they have none, by one statement; of two who race one makes it."""
    missing = sorted(one for one in set(owner_ids) if _held(session, part, one) is None)
    if not missing:
        return
    rows = []
    for one in missing:
        key_id = ids.new_id()
        rows.append((one, key_id, session.keys.wrap(key_id, secrets.token_bytes(32))))
    made = store.add_part_keys(session, part, rows)
    for owner, key_id, wrapped in rows:
        if key_id in made:
            session.part_keys[owner, part] = (key_id, wrapped)
        else:
            # Somebody else has made it meanwhile, and has committed: the insert waited for that.
            session.part_keys[owner, part] = store.find_part_key(session, owner, part)


def shred_part(session: Session, owner_id: UUID, part: str) -> UUID | None:
    """Destroy the key of one part and leave a tombstone of that key; its id, None where there was none.

    Access: the worker's role alone may delete keys.
    Effects: everything sealed under it is unreadable with this commit, in old backups too once their tombstones are
        replayed; all else about the subject stays readable.
    """
    key_id = store.delete_part_key(session, owner_id, part)
    if key_id is not None:
        store.add_tombstone(session, key_id, session.at)
    session.part_keys[owner_id, part] = None
    return key_id


def _held(session: Session, part: str, owner_id: UUID) -> tuple[UUID, bytes] | None:
    return session.part_keys.get((owner_id, part))
