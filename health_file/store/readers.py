"""The names of readers, and of the units in the directory."""

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert as upsert

from health_file.models import readers, resources
from health_file.rules import DIRECTORY
from services.database.roles import Role
from services.database.session import Session

# Asked by everybody who reads: on the driver itself.
HAS_READER: LiteralString = "SELECT 1 FROM health_file.readers WHERE account_id = %s"


def reach_names(session: Session) -> None:
    """Let a resident's transaction open what is sealed under the directory's key."""
    if session.opening.role is Role.RESIDENT:
        session.raw("SELECT gateway.reach(%s)", (DIRECTORY,))


def has_reader(session: Session, account_id: UUID) -> bool:
    """Whether a reader's name is known."""
    return session.raw(HAS_READER, (account_id,)).fetchone() is not None


def add_reader(session: Session, account_id: UUID, name_sealed: bytes) -> None:
    """Keep a reader's name, unless somebody else has just done so."""
    session.execute(
        upsert(readers).on_conflict_do_nothing(), {"account_id": account_id, "name_sealed": name_sealed}
    )


def list_readers(session: Session, accounts: Sequence[UUID]) -> Sequence[Row[Any]]:
    """The names of these readers, as far as they are known."""
    return session.execute(select(readers).where(readers.c.account_id.in_(accounts))).all()


def list_organizations(session: Session, units: Sequence[str]) -> Sequence[Row[Any]]:
    """What these units wrote into the directory about themselves, oldest first."""
    statement = select(resources).where(
        resources.c.subject_id == DIRECTORY,
        resources.c.type == "Organization",
        resources.c.author.in_(units),
        resources.c.is_current,
        ~resources.c.is_deleted,
    )
    return session.execute(statement.order_by(resources.c.id)).all()
