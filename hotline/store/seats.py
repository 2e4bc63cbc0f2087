"""Which seat of the telephone system an operator sits at, and the call that rings there."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hotline.access import visible_to
from hotline.models import calls, seats, tickets
from hotline.rules import OPEN_STATES
from hotline.rules.calls import CallState
from services.actor import Actor
from services.database.session import Session


def put_seat(session: Session, account: UUID, seat: str) -> None:
    """Sit down at a seat; whoever sat there before does no more."""
    session.execute(delete(seats).where(seats.c.seat == seat, seats.c.account_id != account))
    values = {"seat": seat, "since": session.at}
    statement = insert(seats).values(account_id=account, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))


def forget_seat(session: Session, account: UUID) -> None:
    """Get up."""
    session.execute(delete(seats).where(seats.c.account_id == account))


def find_seat(session: Session, account: UUID) -> str | None:
    """Where an operator sits."""
    found: str | None = session.execute(
        select(seats.c.seat).where(seats.c.account_id == account)
    ).scalar_one_or_none()
    return found


def list_missed_calls(session: Session, actor: Actor, *, limit: int) -> Sequence[Row[Any]]:
    """The newest missed call of each open ticket to call somebody back, with how often they tried; newest first."""
    newest_first = (calls.c.started_at.desc(), calls.c.id.desc())
    missed = (
        select(
            calls,
            tickets.c.number,
            tickets.c.state.label("ticket_state"),
            tickets.c.claimed_by,
            func.count().over(partition_by=calls.c.ticket_id).label("times"),
            func.row_number().over(partition_by=calls.c.ticket_id, order_by=newest_first).label("place"),
        )
        .join(tickets, tickets.c.id == calls.c.ticket_id)
        .where(
            calls.c.state == CallState.MISSED.value,
            tickets.c.state.in_([state.value for state in OPEN_STATES]),
            visible_to(actor),
        )
        .subquery()
    )
    newest = select(missed).where(missed.c.place == 1)
    return session.execute(newest.order_by(missed.c.started_at.desc(), missed.c.id).limit(limit)).all()
