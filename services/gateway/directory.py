"""Finds a resident by ID number for a department's system, without showing it the directory."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services import vault
from services.database.session import Session
from services.gateway.models import residents
from services.gateway.store import people

FIND_RESIDENTS = (
    "SELECT number, gateway.find_resident(digest) FROM unnest(%s::text[], %s::bytea[]) n (number, digest)"
)


def find_resident(session: Session, id_number: str) -> UUID | None:
    """The subject id behind an ID number, or None.

    Access: staff, machine clients and the worker, through a function of the owner's that answers one exact
        number at a time.
    """
    digest = vault.blind_index(session, "id_number", id_number.strip().upper())
    row = session.raw("SELECT gateway.find_resident(%s)", (digest,)).fetchone()
    found: UUID | None = row[0] if row else None
    return found


def find_residents(session: Session, id_numbers: Sequence[str]) -> dict[str, UUID]:
    """The subject ids behind several ID numbers, by number, in one statement; unknown ones are left out.

    Access: as find_resident.
    """
    digests = [vault.blind_index(session, "id_number", number.strip().upper()) for number in id_numbers]
    rows = session.raw(FIND_RESIDENTS, (list(id_numbers), digests)).fetchall()
    return {number: found for number, found in rows if found is not None}


def find_birthday(session: Session, subject: UUID) -> date | None:
    """When a resident was born, or None where row-level security or an erasure hides it.

    Access: the resident, and whoever acts for them, once the transaction reaches them.
    """
    row = people.find_resident(session, subject)
    if row is None:
        return None
    try:
        cipher = vault.cipher_for(session, subject)
    except vault.Shredded:
        return None
    column = residents.c.born_on_sealed
    return date.fromisoformat(cipher.unseal_text(column, subject, row["born_on_sealed"]))
