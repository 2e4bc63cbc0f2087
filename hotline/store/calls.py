"""Telephone calls, and which signed messages were taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, delete, insert, or_, select, update

from hotline.access import visible_to
from hotline.models import calls, tickets, webhook_deliveries
from hotline.rules import OPEN_STATES
from hotline.rules.calls import LIVE
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound


def add_delivery(session: Session, digest: bytes) -> bool:
    """Take a message; False when it was taken before. A concurrent twin waits here for the first to end."""
    row = session.raw(
        "INSERT INTO hotline.webhook_deliveries (digest, at) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1",
        (digest, session.at),
    ).fetchone()
    return row is not None


def forget_deliveries(session: Session, before: datetime) -> int:
    """Forget messages that could not be sent again anyway."""
    statement = delete(webhook_deliveries).where(webhook_deliveries.c.at < before)
    return session.execute(statement).rowcount


def lock_call(session: Session, digest: bytes) -> Row[Any] | None:
    """The call of the telephone system's own id, locked."""
    return session.execute(
        select(calls).where(calls.c.external_digest == digest).with_for_update()
    ).one_or_none()


def add_call(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a new call."""
    session.execute(insert(calls), dict(values))


def change_call(session: Session, call: Row[Any], values: Mapping[str, Any]) -> None:
    """Change a call that is locked."""
    statement = update(calls).where(calls.c.id == call.id, calls.c.subject_id == call.subject_id)
    session.execute(statement.values(dict(values)))


def get_call(session: Session, call_id: UUID) -> Row[Any]:
    """One call. Raises: NotFound."""
    row = session.execute(select(calls).where(calls.c.id == call_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def list_live_calls(session: Session, *, seat: str | None, since: datetime, limit: int) -> Sequence[Row[Any]]:
    """Calls that ring or are spoken, newest first; one that began long ago was forgotten by its system."""
    statement = select(calls).where(
        calls.c.state.in_([state.value for state in LIVE]), calls.c.started_at > since
    )
    if seat is not None:
        statement = statement.where(calls.c.seat == seat)
    return session.execute(
        statement.order_by(calls.c.started_at.desc(), calls.c.id.desc()).limit(limit)
    ).all()


def find_open_call_back(session: Session, caller_digest: bytes) -> UUID | None:
    """The open ticket of an earlier call of this caller's that nobody took."""
    statement = (
        select(tickets.c.id)
        .join(calls, calls.c.ticket_id == tickets.c.id)
        .where(
            calls.c.caller_digest == caller_digest,
            calls.c.state == "missed",
            tickets.c.state.in_([state.value for state in OPEN_STATES]),
        )
        .order_by(tickets.c.created_at.desc())
        .limit(1)
    )
    found: UUID | None = session.execute(statement).scalar_one_or_none()
    return found


def list_tickets_of_caller(
    session: Session, actor: Actor, caller_digest: bytes, *, limit: int
) -> Sequence[Row[Any]]:
    """Tickets that were filed with this number or on a call from it and that the actor sees, newest first.

    Anonymous ones never.
    """
    on_calls = select(calls.c.ticket_id).where(calls.c.caller_digest == caller_digest)
    statement = select(tickets).where(
        and_(
            or_(tickets.c.phone_digest == caller_digest, tickets.c.id.in_(on_calls)),
            tickets.c.is_anonymous.is_(False),
            visible_to(actor),
        )
    )
    order = (tickets.c.created_at.desc(), tickets.c.id.desc())
    return session.execute(statement.order_by(*order).limit(limit)).all()
