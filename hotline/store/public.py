"""What everybody may read of tickets, and the tokens that lead to their numbers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from hotline.models import open311_tokens, public_requests
from hotline.rules import OPEN_STATES
from services.database.session import Session

ADD = (
    "INSERT INTO hotline.public_requests (number, category, district, state, unit, requested_at, updated_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
MOVE = (
    "UPDATE hotline.public_requests SET state = %s, unit = %s, updated_at = %s, expected_at = %s "
    "WHERE number = %s"
)


def add_public_request(session: Session, values: Mapping[str, Any]) -> None:
    """Show a new ticket to everybody: its kind, district and state. It travels with COMMIT."""
    names = ("number", "category", "district", "state", "unit", "created_at", "created_at")
    session.at_commit(ADD, tuple(values[name] for name in names))


def move_public_request(
    session: Session, number: str, *, state: str, unit: str, expected_at: datetime | None
) -> None:
    """Show where a ticket now stands, if it is shown at all. It travels with COMMIT."""
    session.at_commit(MOVE, (state, unit, session.at, expected_at, number))


def publish_request(session: Session, number: str, values: Mapping[str, Any]) -> bool:
    """Show what an operator released; False when the ticket is not for everybody."""
    statement = update(public_requests).where(public_requests.c.number == number).values(dict(values))
    return session.execute(statement).rowcount == 1


def list_public_requests(
    session: Session,
    *,
    numbers: Collection[str] | None,
    categories: Collection[str] | None,
    states: Collection[str] | None,
    between: tuple[datetime, datetime],
    limit: int,
    offset: int,
) -> Sequence[Row[Any]]:
    """Public requests, newest first; numbers override all else."""
    statement = select(public_requests)
    if numbers is not None:
        statement = statement.where(public_requests.c.number.in_(numbers))
    else:
        start, end = between
        # Callers write whole seconds.
        end += timedelta(seconds=1)
        statement = statement.where(
            public_requests.c.requested_at >= start, public_requests.c.requested_at < end
        )
        if categories is not None:
            statement = statement.where(public_requests.c.category.in_(categories))
        if states is not None:
            statement = statement.where(public_requests.c.state.in_(states))
    order = (public_requests.c.requested_at.desc(), public_requests.c.number.desc())
    return session.execute(statement.order_by(*order).limit(limit).offset(offset)).all()


def list_public_texts(
    session: Session, *, district: str, filed_after: datetime, ended_after: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Released descriptions of a district, newest first; of what has ended only what moved lately."""
    statement = select(public_requests).where(
        public_requests.c.district == district,
        public_requests.c.text.is_not(None),
        public_requests.c.requested_at >= filed_after,
        or_(
            public_requests.c.state.in_([state.value for state in OPEN_STATES]),
            public_requests.c.updated_at >= ended_after,
        ),
    )
    order = (public_requests.c.requested_at.desc(), public_requests.c.number.desc())
    return session.execute(statement.order_by(*order).limit(limit)).all()


def add_open311_token(session: Session, digest: bytes, number: str) -> None:
    """Keep where a token leads."""
    values = {"digest": digest, "number": number, "created_at": session.at}
    session.execute(insert(open311_tokens), values)


def find_open311_number(session: Session, digest: bytes) -> str | None:
    """The number behind a token."""
    statement = select(open311_tokens.c.number).where(open311_tokens.c.digest == digest)
    found: str | None = session.execute(statement).scalar_one_or_none()
    return found
