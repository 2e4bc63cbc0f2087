"""Recoveries of accounts. What ends one, a new password or a stop, is a guarded update."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update

from services.database.session import Session
from services.gateway.models import accounts, recoveries

_OPEN = (
    recoveries.c.subject_id == bindparam("account"),
    recoveries.c.cancelled_at.is_(None),
    recoveries.c.used_at.is_(None),
    recoveries.c.expires_at > bindparam("at"),
)
FIND_OPEN = select(recoveries).where(*_OPEN).order_by(recoveries.c.asked_at).limit(1)
FIND_CANCELLED = select(recoveries.c.cancelled_at).where(
    recoveries.c.subject_id == bindparam("account"), recoveries.c.cancelled_at > bindparam("since")
)
FIND = select(recoveries).where(
    recoveries.c.subject_id == bindparam("account"), recoveries.c.id == bindparam("recovery")
)
CANCEL = (
    update(recoveries)
    .where(*_OPEN, recoveries.c.id == bindparam("recovery"))
    .values(cancelled_at=bindparam("at"))
    .returning(recoveries.c.id)
)
USE = (
    update(recoveries)
    .where(*_OPEN, recoveries.c.id == bindparam("recovery"), recoveries.c.ready_at <= bindparam("at"))
    .values(used_at=bindparam("at"))
    .returning(recoveries.c.id)
)
SET_PASSWORD_HASH = (
    update(accounts)
    .where(accounts.c.subject_id == bindparam("account"), accounts.c.ended_at.is_(None))
    .values(password_hash=bindparam("new"))
    .returning(accounts.c.subject_id)
)


def add_recovery(session: Session, values: dict[str, Any]) -> None:
    """Begin a recovery."""
    session.execute(insert(recoveries), values)


def find_open(session: Session, account: UUID) -> Row[Any] | None:
    """The account's recovery that was neither stopped nor used and is not too old."""
    return session.execute(FIND_OPEN, {"account": account, "at": session.at}).one_or_none()


def find_recovery(session: Session, account: UUID, recovery: UUID) -> Row[Any] | None:
    """One recovery, whatever became of it."""
    return session.execute(FIND, {"account": account, "recovery": recovery}).one_or_none()


def find_cancelled(session: Session, account: UUID, since: datetime) -> datetime | None:
    """When a recovery of the account was last stopped, after an instant."""
    rows = session.execute(FIND_CANCELLED, {"account": account, "since": since}).scalars()
    return max(rows, default=None)


def cancel_recovery(session: Session, account: UUID, recovery: UUID) -> bool:
    """Stop an open recovery; False when it was not open."""
    parameters = {"account": account, "recovery": recovery, "at": session.at}
    return session.execute(CANCEL, parameters).first() is not None


def use_recovery(session: Session, account: UUID, recovery: UUID) -> bool:
    """Use up a recovery whose waiting time is over: of any number of callers at once exactly one gets True."""
    parameters = {"account": account, "recovery": recovery, "at": session.at}
    return session.execute(USE, parameters).first() is not None


def set_password_hash(session: Session, account: UUID, new: str) -> bool:
    """Give an account another password, whatever it was; False when the account has ended."""
    return session.execute(SET_PASSWORD_HASH, {"account": account, "new": new}).first() is not None
