"""Under which keys a file is sealed: a key of its own beside the resident's, so that the file can be erased alone."""

from collections.abc import Collection
from uuid import UUID

from services import vault
from services.database.session import Session

# The part of a resident's keys that is the health file's; the name of the service, so that it comes with the opening.
PART = "health_file"


def file_cipher(session: Session, owner_id: UUID) -> vault.PartCipher:
    """The keys of one file, or shelf. Raises: Shredded."""
    return vault.part_cipher_for(session, owner_id, PART)


def file_ciphers(session: Session, owner_ids: Collection[UUID]) -> dict[UUID, vault.PartCipher]:
    """The keys of several files by one statement at most; of a shredded resident none comes."""
    return vault.part_ciphers_for(session, owner_ids, PART)


def create_file_keys(session: Session, owner_ids: Collection[UUID]) -> None:
    """Give files that are written a key of their own where they have none, by one statement."""
    vault.create_part_keys(session, PART, owner_ids)


def shred_file(session: Session, owner_id: UUID) -> UUID | None:
    """Destroy the key of one file, and leave its tombstone; its id. All else of the resident stays readable."""
    return vault.shred_part(session, owner_id, PART)
