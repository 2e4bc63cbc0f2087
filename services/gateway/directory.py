"""Finds a resident by ID number for a department's system, without showing it the directory."""

from uuid import UUID

from services import vault
from services.database.session import Session


def find_resident(session: Session, id_number: str) -> UUID | None:
    """The subject id behind an ID number, or None.

    Access: staff, machine clients and the worker, through a function of the owner's that answers one exact
        number at a time.
    """
    digest = vault.blind_index(session, "id_number", id_number.strip().upper())
    row = session.raw("SELECT gateway.find_resident(%s)", (digest,)).fetchone()
    found: UUID | None = row[0] if row else None
    return found
