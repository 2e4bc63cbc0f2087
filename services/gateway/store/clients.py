"""OAuth clients: the one table that every endpoint of the authorization server reads first."""

from collections.abc import Iterable
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from services.database.session import Session
from services.gateway.models import clients, grants

FIND = select(clients).where(clients.c.client_id == bindparam("wanted"), clients.c.disabled_at.is_(None))
FIND_TEXT: LiteralString = str(FIND.compile(dialect=PGDialect_psycopg()))  # type: ignore[no-untyped-call]
COLUMNS = tuple(clients.c.keys())
IS_LIVE = select(clients.c.id).where(clients.c.id == bindparam("wanted"), clients.c.disabled_at.is_(None))
LIST = select(clients).order_by(clients.c.created_at, clients.c.id)
CHANGE = (
    update(clients)
    .where(clients.c.client_id == bindparam("wanted"), clients.c.disabled_at.is_(None))
    .returning(clients)
)
REVOKE_GRANTS = (
    update(grants)
    .where(grants.c.client_id == bindparam("wanted"), grants.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"), revoked_because=bindparam("reason"))
)


def find_client(session: Session, client_id: str) -> dict[str, Any] | None:
    """The columns of the live client of this public name, or None.

    Every request of a client begins here, so the statement is compiled once and goes to the driver itself.
    """
    row = session.raw(FIND_TEXT, {"wanted": client_id}).fetchone()
    return None if row is None else dict(zip(COLUMNS, row, strict=True))


def is_client_live(session: Session, client_uuid: UUID) -> bool:
    """Whether the client of this row id may still act."""
    return session.execute(IS_LIVE, {"wanted": client_uuid}).first() is not None


def list_clients(session: Session) -> list[Row[Any]]:
    """Every client, disabled ones too, oldest first."""
    return list(session.execute(LIST))


def list_names(session: Session, client_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The Chinese and English names of some clients, disabled ones too."""
    wanted = sorted(set(client_ids))
    if not wanted:
        return {}
    statement = select(clients.c.client_id, clients.c.name, clients.c.name_en)
    rows = session.execute(statement.where(clients.c.client_id.in_(wanted)))
    return {row.client_id: (row.name, row.name_en) for row in rows}


def add_client(session: Session, values: dict[str, Any]) -> None:
    """Insert a client; its `client_id` is unique over the whole city."""
    session.execute(insert(clients), values)


def set_client(session: Session, client_id: str, values: dict[str, Any]) -> Row[Any] | None:
    """Change a live client's columns and return its new row, or None when there is no such client."""
    return session.execute(CHANGE.values(**values), {"wanted": client_id}).one_or_none()


def revoke_grants_of_client(session: Session, client_id: str, reason: str) -> None:
    """End every authorization of a client: over all subjects, so it is for withdrawing a client only."""
    session.execute(REVOKE_GRANTS, {"wanted": client_id, "at": session.at, "reason": reason})
