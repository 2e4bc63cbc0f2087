"""Finding tickets by keyed pairs of characters, and the searches that staff keep.

Only a leakproof operator uses an index under row-level security, and `@@` is none: so the pairs stand in a table
without clear text and without policy, and what they find is read by its id under both fences.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, insert, select

from hotline.models import saved_views, tickets
from hotline.rules.search import Filters
from hotline.store.conditions import TICKET, TICKET_NAMES, visible_text
from services.actor import Actor
from services.database.session import Session

Ticket = Any
# What GROUPING answers for each: a bit is set for every column that is not grouped by.
FACETS = {0b0111: "state", 0b1011: "category", 0b1101: "district", 0b1110: "channel"}
OLDEST = "SELECT id FROM hotline.tickets ORDER BY id LIMIT 1"
# What holds every phrase among the newest of a span, looked at one by one.
NEWEST_HITS = """SELECT ticket_id FROM (SELECT ticket_id, grams FROM hotline.search_texts
    WHERE ticket_id BETWEEN %(first)s AND %(last)s ORDER BY ticket_id DESC, segment DESC LIMIT %(looked_at)s) AS newest
    GROUP BY ticket_id HAVING {holds}"""
HITS = "SELECT ticket_id FROM hotline.search_texts WHERE grams @@ %({query})s::tsquery"
# The tickets of what was hit, newest first, each read by its id under both fences until the page is full. The planner
# takes the row policy for a condition that lets few tickets through; left to itself it walks them from the newest and
# asks each for its lexemes. So the hits come first, in an order that LIMIT can stop, and the span, which the lexemes'
# months say already, is no way into the table of lexemes.
READ = """WITH hits AS MATERIALIZED ({hits})
    SELECT {names} FROM (SELECT ticket_id FROM hits WHERE ticket_id BETWEEN %(first)s AND %(last)s
        ORDER BY ticket_id DESC) AS hit
    CROSS JOIN LATERAL (SELECT {columns} FROM hotline.tickets
        WHERE hotline.tickets.id = hit.ticket_id AND {seen} LIMIT 1) AS ticket
    ORDER BY hit.ticket_id DESC LIMIT %(limit)s"""
READ_ALL = """SELECT {columns} FROM hotline.tickets
    WHERE hotline.tickets.id BETWEEN %(first)s AND %(last)s AND {seen}
    ORDER BY hotline.tickets.id DESC LIMIT %(limit)s"""
COUNT = """SELECT grouping(state, category, district, channel) AS which, state, category, district, channel,
    count(*) AS found FROM ({tickets}) AS found GROUP BY GROUPING SETS ((state), (category), (district), (channel))"""
COUNTED = "state, category, district, channel"


def oldest_ticket(session: Session) -> UUID | None:
    """The id of the first ticket; its time is in it."""
    found = session.raw(OLDEST).fetchone()
    return None if found is None else found[0]


def search_newest(
    session: Session,
    actor: Actor,
    queries: Sequence[str],
    filters: Filters,
    *,
    span: tuple[UUID, UUID],
    limit: int,
    looked_at: int,
) -> Sequence[Ticket]:
    """As `search_tickets`, among the newest of the span alone: their lexemes are looked at one by one.

    A page that comes back full is the page; one that does not says nothing about what is older.
    """
    holds = (f"bool_or(grams @@ %({name})s::tsquery)" for name in _names(queries))
    hits = NEWEST_HITS.format(holds=" AND ".join(holds))
    query, values = _reading(hits, queries, actor, filters, span=span, limit=limit)
    return session.named(query, values | {"looked_at": looked_at})


def search_tickets(
    session: Session,
    actor: Actor,
    queries: Sequence[str],
    filters: Filters,
    *,
    span: tuple[UUID, UUID],
    limit: int,
) -> Sequence[Ticket]:
    """Tickets whose ids lie in the span, that hold every query's phrase and that the actor sees, newest first."""
    return session.named(*_reading(_hits(queries), queries, actor, filters, span=span, limit=limit))


def count_facets(
    session: Session,
    actor: Actor,
    queries: Sequence[str],
    filters: Filters,
    *,
    span: tuple[UUID, UUID],
    most: int,
) -> Sequence[Any]:
    """(facet, value, count) over the newest `most` tickets of a search."""
    query, values = _reading(
        _hits(queries), queries, actor, filters, span=span, limit=most, columns=COUNTED, names=COUNTED
    )
    return session.named(COUNT.format(tickets=query), values)


def _reading(
    hits: str,
    queries: Sequence[str],
    actor: Actor,
    filters: Filters,
    *,
    span: tuple[UUID, UUID],
    limit: int,
    columns: str = TICKET,
    names: str = TICKET_NAMES,
) -> tuple[str, dict[str, Any]]:
    """The statement that reads what was hit, or all that the filters let through, and its values."""
    seen, values = visible_text(actor, *_conditions(filters))
    values |= dict(zip(("first", "last"), span, strict=True)) | {"limit": limit}
    values |= dict(zip(_names(queries), queries, strict=True))
    form = READ if queries else READ_ALL
    return form.format(hits=hits, names=names, columns=columns, seen=seen), values


def _names(queries: Sequence[str]) -> list[str]:
    return [f"query_{number}" for number in range(len(queries))]


def _hits(queries: Sequence[str]) -> str:
    """One phrase may stand in the text and another in the place, so each is looked for by itself."""
    each = [HITS.format(query=name) for name in _names(queries)]
    return " INTERSECT ".join(each) if len(each) > 1 else "".join(each).replace("SELECT", "SELECT DISTINCT")


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for name in ("state", "category", "district", "unit", "channel"):
        wanted = getattr(filters, name)
        if wanted:
            conditions.append(tickets.c[name].in_(wanted))
    if filters.filed_from is not None:
        conditions.append(tickets.c.created_at >= filters.filed_from)
    if filters.filed_before is not None:
        conditions.append(tickets.c.created_at < filters.filed_before)
    return conditions


def list_saved_views(session: Session, account: UUID) -> Sequence[Row[Any]]:
    """The searches that a member of staff keeps, oldest first."""
    mine = select(saved_views).where(saved_views.c.subject_id == account)
    return session.execute(mine.order_by(saved_views.c.created_at, saved_views.c.id)).all()


def add_saved_view(
    session: Session, account: UUID, view_id: UUID, query_sealed: bytes, created_at: datetime
) -> None:
    """Keep a search."""
    values = {"subject_id": account, "id": view_id, "query_sealed": query_sealed, "created_at": created_at}
    session.execute(insert(saved_views), values)


def forget_saved_view(session: Session, account: UUID, view_id: UUID) -> bool:
    """Forget a search; False when there is none."""
    statement = delete(saved_views).where(saved_views.c.subject_id == account, saved_views.c.id == view_id)
    return session.execute(statement).rowcount == 1
