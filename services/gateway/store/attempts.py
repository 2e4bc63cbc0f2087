"""Counters of mistakes, one row each, changed only under the row's lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql

from services.database.session import Session
from services.gateway.models import attempts

LIST_ATTEMPTS = select(attempts).where(attempts.c.digest.in_(bindparam("digests", expanding=True)))
# The update changes nothing: it is there to take the row's lock and to return the row, old or new.
LOCK_ATTEMPTS = (
    postgresql.insert(attempts)
    .values(
        digest=bindparam("digest"),
        use=bindparam("use"),
        failures=0,
        window_started_at=bindparam("at"),
        free_at=bindparam("free_at"),
    )
    .on_conflict_do_update(index_elements=[attempts.c.digest], set_={"use": attempts.c.use})
    .returning(attempts)
)
CHANGE_ATTEMPTS = (
    update(attempts)
    .where(attempts.c.digest == bindparam("wanted"))
    .values(
        failures=bindparam("failures"),
        window_started_at=bindparam("window_started_at"),
        free_at=bindparam("free_at"),
    )
)
DELETE_FREE_ATTEMPTS = delete(attempts).where(
    attempts.c.digest == bindparam("digest"), attempts.c.free_at <= bindparam("at")
)
DELETE_OLD_ATTEMPTS = delete(attempts).where(
    attempts.c.window_started_at < bindparam("before"), attempts.c.free_at < bindparam("before")
)


def list_attempts(session: Session, digests: Sequence[bytes]) -> list[Row[Any]]:
    """The counters that exist among these."""
    return list(session.execute(LIST_ATTEMPTS, {"digests": list(digests)}))


def lock_attempts(session: Session, digest: bytes, use: str, *, free_at: datetime) -> Row[Any]:
    """The counter, made where there was none, locked until the transaction ends."""
    parameters = {"digest": digest, "use": use, "at": session.at, "free_at": free_at}
    return session.execute(LOCK_ATTEMPTS, parameters).one()


def change_attempts(
    session: Session, digest: bytes, *, failures: int, window_started_at: datetime, free_at: datetime
) -> None:
    """Set a counter that this transaction has locked."""
    parameters = {
        "wanted": digest,
        "failures": failures,
        "window_started_at": window_started_at,
        "free_at": free_at,
    }
    session.execute(CHANGE_ATTEMPTS, parameters)


def delete_free_attempts(session: Session, digest: bytes) -> None:
    """Forget a counter's mistakes, unless a wait runs on it."""
    session.execute(DELETE_FREE_ATTEMPTS, {"digest": digest, "at": session.at})


def delete_old_attempts(session: Session, before: datetime) -> int:
    """Forget the counters whose window began, and whose wait ended, before an instant."""
    return session.execute(DELETE_OLD_ATTEMPTS, {"before": before}).rowcount
