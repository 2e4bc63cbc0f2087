"""The names of who reads files: people as the staff directory names them, organisations as they name themselves."""

from collections.abc import Iterable
from uuid import UUID

from health_file import store
from health_file.actions.owner import shelf_of
from health_file.actions.views import view_of
from health_file.models import readers
from health_file.rules import DIRECTORY, units_claimed_by
from services import vault
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.gateway.directory import find_own_name


def keep_name(session: Session, actor: Actor) -> None:
    """Let residents know by name the member of staff who reads now; written down once.

    Effects: one row, sealed under the directory's key, which every resident's request may open.
    """
    if actor.kind is not ActorKind.STAFF or actor.account is None:
        return
    if store.has_reader(session, actor.account):
        return
    name = find_own_name(session, actor.account)
    if name is not None:
        place = shelf_of(session, "", "Organization")
        sealed = vault.seal(session, readers.c.name_sealed, place, actor.account, name)
        store.add_reader(session, actor.account, sealed)


def names_of_people(session: Session, accounts: Iterable[UUID]) -> dict[str, str]:
    """Names by account id, of those who have ever read a file."""
    wanted = sorted(set(accounts))
    if not wanted:
        return {}
    rows = store.list_readers(session, wanted)
    if not rows:
        return {}
    store.reach_names(session)
    cipher = vault.cipher_for(session, DIRECTORY)
    column = readers.c.name_sealed
    return {str(row.account_id): cipher.unseal_text(column, row.account_id, row.name_sealed) for row in rows}


def names_of_units(session: Session, units: Iterable[str]) -> dict[str, str]:
    """Names by code, of the units that stand in the directory under their own."""
    wanted = sorted(set(units))
    if not wanted:
        return {}
    store.reach_names(session)
    found = {}
    for row in store.list_organizations(session, wanted):
        body = view_of(session, row).body
        if [code for _, code in units_claimed_by(body)] == [row.author] and isinstance(body.get("name"), str):
            found[row.author] = body["name"]
    return found


def name_of_unit(session: Session, unit: str) -> str:
    """The name of one unit, for words to a person; its code where the directory does not know it."""
    return names_of_units(session, [unit]).get(unit, unit)
