"""SMART launches: each is used once, by compare-and-set."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from services.database.session import Session
from services.gateway.models import launches

_LIVE = (
    launches.c.digest == bindparam("wanted"),
    launches.c.expires_on == bindparam("day"),
    launches.c.client_id == bindparam("client"),
    launches.c.account_id == bindparam("account"),
    launches.c.expires_at > bindparam("at"),
    launches.c.consumed_at.is_(None),
)
FIND = select(launches.c.digest).where(*_LIVE)
CONSUME = update(launches).where(*_LIVE).values(consumed_at=bindparam("at")).returning(launches.c.patient_id)


def add_launch(session: Session, values: dict[str, Any]) -> None:
    """Insert a launch by the digest of its secret."""
    session.execute(insert(launches), values)


def is_launch_live(session: Session, digest: bytes, day: date, client_id: str, account: UUID) -> bool:
    """Whether a launch of this client by this account waits for its answer."""
    return session.execute(FIND, _wanted(session, digest, day, client_id, account)).first() is not None


def consume_launch(session: Session, digest: bytes, day: date, client_id: str, account: UUID) -> UUID | None:
    """Spend a launch: of any number of callers at once exactly one hears whose file it opens."""
    patient: UUID | None = session.execute(
        CONSUME, _wanted(session, digest, day, client_id, account)
    ).scalar()
    return patient


def _wanted(session: Session, digest: bytes, day: date, client_id: str, account: UUID) -> dict[str, Any]:
    return {
        "wanted": digest,
        "day": day,
        "client": client_id,
        "account": account,
        "at": session.at,
    }
