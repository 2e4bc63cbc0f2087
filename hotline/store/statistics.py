"""Counts of tickets: made anew for a day whenever one of its tickets moved, read by everybody."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, func, select

from hotline.models import daily_counts
from hotline.rules.statistics import MEASURES
from services.database.session import Session

# A day is the city's. A clock that ran out counts as due although nothing happened to its ticket.
CHANGED_DAYS = """
    SELECT DISTINCT (created_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM (
        SELECT created_at FROM hotline.tickets WHERE changed_at >= %(since)s
        UNION ALL
        SELECT ticket.created_at FROM hotline.ticket_clocks clock
        JOIN hotline.tickets ticket ON ticket.id = clock.ticket_id
        WHERE clock.stopped_at IS NULL AND clock.due_at >= %(since)s AND clock.due_at < %(now)s
    ) moved ORDER BY day
"""
COUNT = """
    INSERT INTO hotline.daily_counts
    SELECT %(day)s, extract(hour FROM ticket.created_at AT TIME ZONE 'Asia/Shanghai')::integer,
        ticket.district, ticket.category, ticket.unit,
        count(*), count(*) FILTER (WHERE ticket.state <> ALL (%(ended)s)),
        count(*) FILTER (WHERE clock.contact_due), count(*) FILTER (WHERE clock.contact_met),
        count(*) FILTER (WHERE clock.resolve_due), count(*) FILTER (WHERE clock.resolve_met),
        count(*) FILTER (WHERE step.done), count(*) FILTER (WHERE step.last = 'close'),
        count(*) FILTER (WHERE step.last = 'close_unverified'),
        count(*) FILTER (WHERE step.contested), count(*) FILTER (WHERE step.mark IS NOT NULL),
        count(*) FILTER (WHERE step.mark >= %(satisfied)s AND NOT step.contested), %(now)s
    FROM hotline.tickets ticket
    LEFT JOIN LATERAL (
        SELECT bool_or(kind = 'contact' AND (stopped_at IS NOT NULL OR due_at < %(now)s)) AS contact_due,
            bool_or(kind = 'contact' AND run = 1 AND stopped_at <= due_at) AS contact_met,
            bool_or(kind = 'resolve' AND (stopped_at IS NOT NULL OR due_at < %(now)s)) AS resolve_due,
            bool_or(kind = 'resolve' AND run = 1 AND stopped_at <= due_at) AS resolve_met
        FROM hotline.ticket_clocks WHERE ticket_id = ticket.id
    ) clock ON true
    LEFT JOIN LATERAL (
        SELECT bool_or(action = 'resolve') AS done,
            bool_or(action IN ('reopen', 'dispute')) AS contested,
            (array_agg(action ORDER BY sequence DESC)
                FILTER (WHERE action IN ('close', 'close_unverified', 'reopen', 'dispute')))[1] AS last,
            ((array_agg(details->>'score' ORDER BY sequence DESC)
                FILTER (WHERE details ? 'score'))[1])::integer AS mark
        FROM hotline.ticket_events WHERE ticket_id = ticket.id AND subject_id = ticket.subject_id
    ) step ON true
    WHERE ticket.created_at >= %(begins)s AND ticket.created_at < %(ends)s
    GROUP BY 2, 3, 4, 5
"""


def last_counted(session: Session) -> datetime | None:
    """When anything was counted last."""
    return session.execute(select(func.max(daily_counts.c.counted_at))).scalar()


def list_changed_days(session: Session, since: datetime) -> list[date]:
    """Days whose tickets moved, or whose clocks ran out, since an instant; oldest first."""
    found = session.raw(CHANGED_DAYS, {"since": since, "now": session.at})
    return [row[0] for row in found.fetchall()]


def count_day(
    session: Session, day: date, begins: datetime, ends: datetime, *, ended: Sequence[str], satisfied: int
) -> None:
    """Count the tickets of one day anew."""
    session.execute(delete(daily_counts).where(daily_counts.c.day == day))
    session.raw(
        COUNT,
        {
            "day": day,
            "begins": begins,
            "ends": ends,
            "now": session.at,
            "ended": list(ended),
            "satisfied": satisfied,
        },
    )


def sum_counts(session: Session, dimension: str | None, first: date, last: date) -> Sequence[Row[Any]]:
    """(value, measures…) by one dimension, or one row of everything, over the days from first to last."""
    sums = [func.coalesce(func.sum(daily_counts.c[name]), 0).label(name) for name in MEASURES]
    statement = select(*sums).where(daily_counts.c.day.between(first, last))
    if dimension is None:
        return session.execute(statement).all()
    column = (
        func.to_char(daily_counts.c.day, "YYYY-MM") if dimension == "month" else daily_counts.c[dimension]
    )
    grouped = statement.add_columns(column.label("value")).group_by(column).order_by(column)
    return session.execute(grouped).all()


def list_heat(session: Session, first: date, last: date) -> Sequence[Row[Any]]:
    """(district, hour, due, met) of the resolve clock, over the days from first to last."""
    columns = daily_counts.c
    statement = (
        select(
            columns.district,
            columns.hour,
            func.sum(columns.resolve_due).label("due"),
            func.sum(columns.resolve_met).label("met"),
        )
        .where(columns.day.between(first, last))
        .group_by(columns.district, columns.hour)
        .order_by(columns.district, columns.hour)
    )
    return session.execute(statement).all()
