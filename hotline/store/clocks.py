"""Clocks, the policies behind them, and the calendar."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, insert, select

from hotline.models import (
    calendar_days,
    calendar_years,
    clock_policies,
    ticket_clocks,
    tickets,
)
from hotline.rules import OPEN_STATES
from services.database.session import Session

Ticket = Row[Any]
CLOCK = (
    "ticket_id", "kind", "run", "subject_id", "started_at", "due_at", "is_provisional", "stopped_at",
    "is_day_and_night", "levels_at", "reached", "level",
)  # fmt: skip
# Clocks as they are given, an array for each column; an array of arrays would have to be a rectangle.
GIVEN_CLOCKS = f"""
    SELECT ticket_id, kind, run, subject_id, started_at, due_at, is_provisional, stopped_at, is_day_and_night,
        levels_at::timestamptz[], reached, level
    FROM unnest(%(clock_ticket_id)s::uuid[], %(clock_kind)s::text[], %(clock_run)s::int[], %(clock_subject_id)s::uuid[],
        %(clock_started_at)s::timestamptz[], %(clock_due_at)s::timestamptz[], %(clock_is_provisional)s::bool[],
        %(clock_stopped_at)s::timestamptz[], %(clock_is_day_and_night)s::bool[], %(clock_levels_at)s::text[],
        %(clock_reached)s::int[], %(clock_level)s::int[]) AS given ({", ".join(CLOCK)})"""
ADD_CLOCKS = f"INSERT INTO hotline.ticket_clocks ({', '.join(CLOCK)}) {GIVEN_CLOCKS}"
PUT_CLOCKS = f"""
    INSERT INTO hotline.ticket_clocks AS had ({", ".join(CLOCK)}) {GIVEN_CLOCKS}
    ON CONFLICT (ticket_id, kind, run) DO UPDATE SET started_at = excluded.started_at, due_at = excluded.due_at,
        is_provisional = excluded.is_provisional, stopped_at = excluded.stopped_at,
        is_day_and_night = excluded.is_day_and_night, levels_at = excluded.levels_at,
        reached = least(had.reached, excluded.reached),
        level = CASE WHEN excluded.reached < had.reached THEN excluded.level ELSE had.level END
"""
LIST_CLOCKS = (
    "SELECT ticket_id, kind, run, started_at, due_at, is_provisional, stopped_at, is_day_and_night, levels_at, level "
    "FROM hotline.ticket_clocks WHERE ticket_id = ANY (%s) ORDER BY due_at, kind"
)


def read_calendar(session: Session, version: int) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """(years, days) up to a version."""
    years = select(calendar_years).where(calendar_years.c.version <= version)
    days = select(calendar_days).where(calendar_days.c.version <= version)
    return session.execute(years).all(), session.execute(days).all()


def newest_calendar(session: Session) -> int:
    """The newest version of the calendar."""
    return int(session.execute(select(func.max(calendar_years.c.version))).scalar_one())


def add_calendar_year(
    session: Session, version: int, year: int, source: str, days: Mapping[date, str]
) -> None:
    """Publish a year, as a version of its own."""
    values = {"version": version, "year": year, "source": source, "published_at": session.at}
    session.execute(insert(calendar_years), values)
    rows = [{"version": version, "day": day, "kind": kind} for day, kind in days.items()]
    if rows:
        session.execute(insert(calendar_days), rows)


def read_policy(session: Session, version: int) -> Mapping[str, Any]:
    """One version of the rules of time."""
    statement = select(clock_policies.c.content).where(clock_policies.c.version == version)
    content: Mapping[str, Any] = session.execute(statement).scalar_one()
    return content


def add_policy(session: Session, version: int, content: Mapping[str, Any]) -> None:
    """Publish a version of the rules of time."""
    values = {"version": version, "content": dict(content), "created_at": session.at}
    session.execute(insert(clock_policies), values)


def newest_policy(session: Session) -> int:
    """The newest version of the rules of time."""
    return int(session.execute(select(func.max(clock_policies.c.version))).scalar_one())


def put_clocks(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep clocks as they now stand; one that was given more time has fewer levels behind it than it had."""
    session.raw(PUT_CLOCKS, clocks_given(rows))


def clocks_given(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The values of `GIVEN_CLOCKS`."""
    given = {f"clock_{name}": [row[name] for row in rows] for name in CLOCK}
    return given | {"clock_levels_at": [_array(row["levels_at"]) for row in rows]}


def _array(instants: Sequence[datetime | None]) -> str:
    return f"{{{','.join('NULL' if one is None else one.isoformat() for one in instants)}}}"


def list_clocks(session: Session, ticket_ids: Sequence[UUID]) -> Sequence[Any]:
    """The clocks of these tickets, the earliest deadline first."""
    return session.named(LIST_CLOCKS, (list(ticket_ids),))


def list_provisional(session: Session, *, limit: int) -> Sequence[Ticket]:
    """Open tickets that have a provisional deadline."""
    waiting = exists().where(
        ticket_clocks.c.ticket_id == tickets.c.id,
        ticket_clocks.c.is_provisional,
        ticket_clocks.c.stopped_at.is_(None),
    )
    return session.execute(select(tickets).where(waiting).order_by(tickets.c.id).limit(limit)).all()


def list_open_after(session: Session, after: UUID | None, *, limit: int) -> Sequence[Ticket]:
    """Open tickets in the order of their ids, for checks that read them all."""
    statement = select(tickets).where(tickets.c.state.in_([state.value for state in OPEN_STATES]))
    if after is not None:
        statement = statement.where(tickets.c.id > after)
    return session.execute(statement.order_by(tickets.c.id).limit(limit)).all()
