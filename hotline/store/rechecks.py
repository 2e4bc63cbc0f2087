"""Bad marks: each is looked into by a supervisor, once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from hotline.access import visible_to
from hotline.models import rechecks, tickets
from services.actor import Actor
from services.database.session import Session

ADD = (
    "INSERT INTO hotline.rechecks (ticket_id, sequence, subject_id, unit, score, rated_at, due_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
SETTLE = (
    "UPDATE hotline.rechecks SET settled_at = %s, outcome = %s "
    "WHERE ticket_id = %s AND subject_id = %s AND settled_at IS NULL"
)


def add_recheck(
    session: Session, ticket: Any, *, sequence: int, unit: str, score: int, due_at: datetime
) -> None:
    """Keep that a ticket was marked badly. It travels with COMMIT."""
    values = (ticket.id, sequence, ticket.subject_id, unit, score, session.at, due_at)
    session.at_commit(ADD, values)


def settle_recheck(session: Session, ticket: Any, outcome: str) -> None:
    """Keep what became of a bad mark, if the ticket has one that is open. It travels with COMMIT."""
    session.at_commit(SETTLE, (session.at, outcome, ticket.id, ticket.subject_id))


def list_rechecks(session: Session, actor: Actor, *, limit: int) -> Sequence[Row[Any]]:
    """Bad marks that nobody has looked into, those due first, with their tickets."""
    statement = (
        select(rechecks, tickets.c.number, tickets.c.category, tickets.c.district, tickets.c.state)
        .join(tickets, tickets.c.id == rechecks.c.ticket_id)
        .where(rechecks.c.settled_at.is_(None), visible_to(actor))
        .order_by(rechecks.c.due_at, rechecks.c.ticket_id)
    )
    return session.execute(statement.limit(limit)).all()
