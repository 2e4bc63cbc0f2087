"""Codes and texts on their way to a phone or mailbox. A code is used once, by compare-and-set."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, delete, insert, or_, select, update

from services.database.session import Session
from services.gateway.models import one_time_codes

# One statement judges, counts and spends: of any number of guesses at once no more are heard than were left, and the
# right one is taken once.
SPEND_CODE = (
    update(one_time_codes)
    .where(
        one_time_codes.c.id == bindparam("wanted"),
        one_time_codes.c.use == bindparam("wanted_use"),
        one_time_codes.c.consumed_at.is_(None),
        one_time_codes.c.guesses_left > 0,
        one_time_codes.c.expires_at > bindparam("at"),
    )
    .values(
        guesses_left=one_time_codes.c.guesses_left - 1,
        consumed_at=case((one_time_codes.c.code_digest == bindparam("digest"), bindparam("at"))),
    )
    .returning(one_time_codes.c.consumed_at)
)
FIND_MESSAGE = select(one_time_codes.c.message_sealed).where(
    one_time_codes.c.id == bindparam("wanted"),
    one_time_codes.c.sent_at.is_(None),
    one_time_codes.c.expires_at > bindparam("at"),
)
MARK_SENT = (
    update(one_time_codes)
    .where(one_time_codes.c.id == bindparam("wanted"))
    .values(sent_at=bindparam("at"), message_sealed=None)
)
DELETE_EXPIRED = delete(one_time_codes).where(
    or_(
        one_time_codes.c.expires_at < bindparam("before"),
        and_(one_time_codes.c.consumed_at.is_not(None), one_time_codes.c.consumed_at < bindparam("before")),
    )
)


def add_code(session: Session, values: dict[str, Any]) -> None:
    """Keep a code or text to be sent."""
    session.execute(insert(one_time_codes), values)


def spend_code(session: Session, request_id: UUID, use: str, digest: bytes) -> bool:
    """Guess once; True for the first right guess, if it comes in time and is not one too many."""
    parameters = {"wanted": request_id, "wanted_use": use, "digest": digest, "at": session.at}
    return session.execute(SPEND_CODE, parameters).scalar_one_or_none() is not None


def find_message(session: Session, message_id: UUID) -> bytes | None:
    """What is still to be sent."""
    parameters = {"wanted": message_id, "at": session.at}
    found: bytes | None = session.execute(FIND_MESSAGE, parameters).scalar_one_or_none()
    return found


def mark_sent(session: Session, message_id: UUID) -> None:
    """Note that it was sent, and forget the text."""
    session.execute(MARK_SENT, {"wanted": message_id, "at": session.at})


def delete_expired(session: Session, before: datetime) -> None:
    """Forget what ended before an instant."""
    session.execute(DELETE_EXPIRED, {"before": before})
