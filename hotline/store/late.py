"""Open tickets whose deadline has passed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from hotline.access import visible_to
from hotline.models import ticket_clocks, tickets
from services.actor import Actor
from services.database.session import Session


def list_late(session: Session, actor: Actor, *, limit: int) -> Sequence[Row[Any]]:
    """Tickets that the actor sees and that are late, the longest overdue first; with the deadline missed."""
    late = _late(session)
    statement = select(tickets, late.c.due_at).join(late, late.c.ticket_id == tickets.c.id)
    ordered = statement.where(visible_to(actor)).order_by(late.c.due_at, tickets.c.id)
    return session.execute(ordered.limit(limit)).all()


def count_late(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """(unit, count, due_at): how many late tickets each unit answers for, and since when the oldest is."""
    late = _late(session)
    statement = (
        select(tickets.c.unit, func.count().label("found"), func.min(late.c.due_at).label("due_at"))
        .join(late, late.c.ticket_id == tickets.c.id)
        .where(visible_to(actor))
        .group_by(tickets.c.unit)
        .order_by(func.count().desc(), tickets.c.unit)
    )
    return session.execute(statement).all()


def _late(session: Session) -> Any:
    running: Select[Any] = (
        select(ticket_clocks.c.ticket_id, func.min(ticket_clocks.c.due_at).label("due_at"))
        .where(ticket_clocks.c.stopped_at.is_(None), ticket_clocks.c.due_at < session.at)
        .group_by(ticket_clocks.c.ticket_id)
    )
    return running.subquery()
