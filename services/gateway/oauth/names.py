"""The one name that a client may learn: that of who signed in."""

from services.actor import Actor, ActorKind
from services.database.session import Session
from services.gateway.models import residents, staff
from services.gateway.store import people as store
from services.vault import unseal_text


def find_own_name(session: Session, actor: Actor) -> str | None:
    """The name of the account's own person.

    Effects: the caller writes the audit row, since it knows why.
    """
    account = actor.account
    if account is None:
        return None
    if actor.kind is ActorKind.STAFF:
        row, column = store.find_staff(session, account), staff.c.name_sealed
    else:
        row, column = store.get_resident(session, account), residents.c.name_sealed
    return None if row is None else unseal_text(session, column, account, account, row.name_sealed)
