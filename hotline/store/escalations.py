"""The escalation ladder: clocks whose next level has come, and the levels that were reached."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from hotline.access import visible_to
from hotline.models import escalations, ticket_clocks, tickets
from services.actor import Actor
from services.database.session import Session


def lock_due_levels(session: Session, *, is_duty: bool, limit: int) -> Sequence[Row[Any]]:
    """Running clocks whose next level has come, the longest waiting first, locked with their tickets.

    What another transaction holds is passed over, clock or ticket: a sweep waits for nobody. Out of duty hours only
    the clocks that run day and night.
    """
    statement = (
        select(tickets, *(ticket_clocks.c[name] for name in ("kind", "run", "reached", "levels_at")))
        .join(ticket_clocks, ticket_clocks.c.ticket_id == tickets.c.id)
        .where(ticket_clocks.c.stopped_at.is_(None), ticket_clocks.c.next_level_at <= session.at)
    )
    if not is_duty:
        statement = statement.where(ticket_clocks.c.is_day_and_night)
    ordered = statement.order_by(ticket_clocks.c.next_level_at, ticket_clocks.c.ticket_id)
    return session.execute(ordered.limit(limit).with_for_update(skip_locked=True)).all()


def add_escalation(session: Session, clock: Row[Any], level: int, reached_at: datetime) -> bool:
    """Note that a clock reached a level; False when that is known already."""
    added = session.execute(
        insert(escalations)
        .values(
            ticket_id=clock.id,
            kind=clock.kind,
            run=clock.run,
            level=level,
            subject_id=clock.subject_id,
            unit=clock.unit,
            reached_at=reached_at,
            told_at=session.at,
        )
        .on_conflict_do_nothing()
        .returning(escalations.c.level)
    )
    return added.one_or_none() is not None


def set_level(session: Session, clock: Row[Any], *, reached: int, level: int) -> None:
    """Keep which levels are behind a clock."""
    session.execute(
        update(ticket_clocks)
        .where(
            ticket_clocks.c.ticket_id == clock.id,
            ticket_clocks.c.kind == clock.kind,
            ticket_clocks.c.run == clock.run,
            ticket_clocks.c.subject_id == clock.subject_id,
        )
        .values(reached=reached, level=level)
    )


def list_escalations(session: Session, actor: Actor, *, since: datetime, limit: int) -> Sequence[Row[Any]]:
    """What reached a level since then and runs on, of tickets that the actor sees; the newest first."""
    statement = (
        select(escalations, tickets.c.number, tickets.c.category, tickets.c.district)
        .join(tickets, tickets.c.id == escalations.c.ticket_id)
        .join(
            ticket_clocks,
            (ticket_clocks.c.ticket_id == escalations.c.ticket_id)
            & (ticket_clocks.c.kind == escalations.c.kind)
            & (ticket_clocks.c.run == escalations.c.run),
        )
        .where(
            escalations.c.told_at > since,
            escalations.c.level == ticket_clocks.c.level,
            ticket_clocks.c.stopped_at.is_(None),
            visible_to(actor),
        )
        .order_by(escalations.c.told_at.desc(), escalations.c.ticket_id, escalations.c.kind)
    )
    return session.execute(statement.limit(limit)).all()
