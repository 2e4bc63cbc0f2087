"""Finds a resident by ID number for a department's system, without showing it the directory."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from services import vault
from services.database.roles import Role
from services.database.session import Session
from services.gateway.models import residents, staff
from services.gateway.store import carers as carer_store
from services.gateway.store import clients as client_store
from services.gateway.store import people
from services.gateway.store import staff as staff_store

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


def find_own_name(session: Session, account: UUID) -> str | None:
    """The name of the member of staff who is signed in; None for everybody else. Access: the member alone."""
    row = staff_store.find_staff(session, account)
    if row is None:
        return None
    return vault.unseal_text(session, staff.c.name_sealed, account, account, row.name_sealed)


def find_unit_of_staff(session: Session, account: UUID) -> str | None:
    """The unit of a member of staff; None for everybody else. Access: actions that check what others claim."""
    with session.entered(Role.GATEWAY):
        row = staff_store.find_staff(session, account)
    return None if row is None else str(row.unit)


def list_staff_accounts(session: Session, *, role: str, unit: str | None = None) -> list[UUID]:
    """The accounts of everybody who works here now in a role, of one unit where it is named. Access: the worker."""
    return staff_store.list_accounts(session, role=role, unit=unit)


def client_names(session: Session, client_ids: Iterable[str]) -> dict[str, str]:
    """The names of applications and systems, those that were ended too."""
    return {one: name for one, (name, _) in client_store.list_names(session, client_ids).items()}


def list_guardians(session: Session, subject: UUID) -> list[UUID]:
    """Who is somebody's guardian now. Access: the worker."""
    return carer_store.list_guardians(session, subject)
