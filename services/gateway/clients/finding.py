"""The clients that there are."""

from services.database.session import Session
from services.gateway.clients.client import Client, client_of
from services.gateway.store import clients as store


def list_clients(session: Session) -> list[tuple[Client, bool]]:
    """Every client with whether it is still live, oldest first."""
    return [(client_of(row._asdict()), row.disabled_at is None) for row in store.list_clients(session)]


def find_client(session: Session, client_id: str) -> Client | None:
    """The live client of this public name, or None."""
    row = store.find_client(session, client_id)
    return None if row is None else client_of(row)
