"""Pushed authorization requests and spent proofs: each is used once, by compare-and-set."""

from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql

from services.database.session import Session
from services.gateway.models import pushed_requests, spent_proofs

_THIS = (
    pushed_requests.c.digest == bindparam("wanted"),
    pushed_requests.c.expires_on == bindparam("day"),
)
FIND = select(pushed_requests).where(*_THIS, pushed_requests.c.consumed_at.is_(None))
OPEN = (
    update(pushed_requests)
    .where(*_THIS, pushed_requests.c.opened_at.is_(None))
    .values(opened_at=bindparam("at"))
)
CONSUME = (
    update(pushed_requests)
    .where(*_THIS, pushed_requests.c.consumed_at.is_(None))
    .values(consumed_at=bindparam("at"))
    .returning(pushed_requests.c.digest)
)
SPEND = (
    postgresql.insert(spent_proofs)
    .values(digest=bindparam("wanted"), expires_on=bindparam("day"))
    .on_conflict_do_nothing()
    .returning(spent_proofs.c.digest)
)


def add_pushed_request(session: Session, values: dict[str, Any]) -> None:
    """Insert a pushed request by the digest of its name."""
    session.execute(insert(pushed_requests), values)


def find_pushed_request(session: Session, digest: bytes, day: date) -> Row[Any] | None:
    """A pushed request that has not been answered yet, expired or not."""
    return session.execute(FIND, {"wanted": digest, "day": day}).one_or_none()


def open_pushed_request(session: Session, digest: bytes, day: date) -> None:
    """Note when a browser first brought it; later visits change nothing."""
    session.execute(OPEN, {"wanted": digest, "day": day, "at": session.at})


def consume_pushed_request(session: Session, digest: bytes, day: date) -> bool:
    """Spend a pushed request: of any number of callers at once exactly one gets True."""
    return session.execute(CONSUME, {"wanted": digest, "day": day, "at": session.at}).first() is not None


def add_spent_proof(session: Session, digest: bytes, day: date) -> bool:
    """Spend a proof of possession: of any number of callers at once exactly one gets True."""
    return session.execute(SPEND, {"wanted": digest, "day": day}).first() is not None
