"""Every SQL statement about messages."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.database.session import Session
from services.notices.models import deliveries, messages


def add_message(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a message; one that is there already (a repeated job) stays as it is."""
    session.execute(insert(messages).on_conflict_do_nothing(), dict(values))


def add_delivery(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a delivery to be made."""
    session.execute(insert(deliveries).on_conflict_do_nothing(), dict(values))


def list_messages(session: Session, account: UUID, limit: int) -> Sequence[Row[Any]]:
    """An account's messages, unread first, then newest first."""
    statement = select(messages).where(messages.c.subject_id == account)
    order = (messages.c.read_at.isnot(None), messages.c.created_at.desc(), messages.c.id.desc())
    return session.execute(statement.order_by(*order).limit(limit)).all()


def find_message(session: Session, account: UUID, message_id: UUID) -> Row[Any] | None:
    """One message of an account."""
    statement = select(messages).where(messages.c.subject_id == account, messages.c.id == message_id)
    return session.execute(statement).one_or_none()


def mark_read(session: Session, account: UUID, message_id: UUID) -> None:
    """Note when a message was first read."""
    session.execute(
        update(messages)
        .where(messages.c.subject_id == account, messages.c.id == message_id, messages.c.read_at.is_(None))
        .values(read_at=session.at)
    )


def count_unread(session: Session, account: UUID) -> int:
    """How many messages an account has not read."""
    statement = select(func.count()).select_from(messages)
    return int(
        session.execute(
            statement.where(messages.c.subject_id == account, messages.c.read_at.is_(None))
        ).scalar_one()
    )


def find_delivery(session: Session, subject_id: UUID, message_id: UUID, channel: str) -> Row[Any] | None:
    """One delivery, locked for this transaction."""
    statement = select(deliveries).where(
        deliveries.c.subject_id == subject_id,
        deliveries.c.message_id == message_id,
        deliveries.c.channel == channel,
    )
    return session.execute(statement.with_for_update()).one_or_none()


def change_delivery(session: Session, row: Row[Any], state: str) -> None:
    """Note how a delivery went."""
    session.execute(
        update(deliveries)
        .where(
            deliveries.c.subject_id == row.subject_id,
            deliveries.c.message_id == row.message_id,
            deliveries.c.channel == row.channel,
        )
        .values(state=state, attempts=row.attempts + 1, changed_at=session.at)
    )
