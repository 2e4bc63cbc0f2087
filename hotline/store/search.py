"""Finding tickets by keyed pairs of characters, and the searches that staff keep.

Only a leakproof operator uses an index under row-level security, and `@@` is none: so the pairs stand in a table
without clear text and without policy, and what they find is read by its id under both fences.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    cast,
    delete,
    func,
    insert,
    intersect,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from hotline.access import visible_to
from hotline.models import saved_views, search_texts, tickets
from hotline.rules.search import Filters
from services.actor import Actor
from services.database.session import Session

Ticket = Row[Any]
# What GROUPING answers for each: a bit is set for every column that is not grouped by.
FACETS = {0b0111: "state", 0b1011: "category", 0b1101: "district", 0b1110: "channel"}
ADD = (
    "INSERT INTO hotline.search_texts (ticket_id, segment, grams) "
    "SELECT %s, segment, grams::tsvector FROM unnest(%s::int[], %s::text[]) AS given(segment, grams)"
)


def add_search_texts(session: Session, ticket_id: UUID, segments: Mapping[int, str]) -> None:
    """Make a ticket findable by these segments; each is a tsvector of keyed lexemes, written out.

    It travels with COMMIT.
    """
    if segments:
        session.at_commit(ADD, (ticket_id, list(segments), list(segments.values())))


def oldest_ticket(session: Session) -> UUID | None:
    """The id of the first ticket; its time is in it."""
    found: UUID | None = session.execute(select(tickets.c.id).order_by(tickets.c.id).limit(1)).scalar()
    return found


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
    newest = (
        select(search_texts.c.ticket_id, search_texts.c.grams)
        .where(search_texts.c.ticket_id.between(*span))
        .order_by(search_texts.c.ticket_id.desc(), search_texts.c.segment.desc())
        .limit(looked_at)
        .subquery("newest")
    )
    holds = [func.bool_or(_holds(newest.c.grams, query)) for query in queries]
    hits = select(newest.c.ticket_id).group_by(newest.c.ticket_id).having(and_(*holds))
    return session.execute(_read(hits, (tickets,), actor, filters, span=span, limit=limit)).all()


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
    return session.execute(_found((tickets,), actor, queries, filters, span=span, limit=limit)).all()


def count_facets(
    session: Session,
    actor: Actor,
    queries: Sequence[str],
    filters: Filters,
    *,
    span: tuple[UUID, UUID],
    most: int,
) -> Sequence[Row[Any]]:
    """(facet, value, count) over the newest `most` tickets of a search."""
    columns = [tickets.c[name] for name in FACETS.values()]
    found = _found(columns, actor, queries, filters, span=span, limit=most).subquery()
    sets = func.grouping_sets(*[tuple_(column) for column in found.c])
    which = func.grouping(*found.c)
    statement = select(which.label("which"), *found.c, func.count().label("found")).group_by(sets)
    return session.execute(statement).all()


def _found(
    columns: Sequence[Any],
    actor: Actor,
    queries: Sequence[str],
    filters: Filters,
    *,
    span: tuple[UUID, UUID],
    limit: int,
) -> Select[Any]:
    if not queries:
        statement = select(*columns).where(tickets.c.id.between(*span), *_conditions(actor, filters))
        return statement.order_by(tickets.c.id.desc()).limit(limit)
    each = [select(search_texts.c.ticket_id).where(_holds(search_texts.c.grams, query)) for query in queries]
    hits = intersect(*each) if len(each) > 1 else each[0].distinct()
    return _read(hits, columns, actor, filters, span=span, limit=limit)


def _read(
    hits: Select[Any] | CompoundSelect[Any],
    columns: Sequence[Any],
    actor: Actor,
    filters: Filters,
    *,
    span: tuple[UUID, UUID],
    limit: int,
) -> Select[Any]:
    """The tickets of what was hit, newest first, each read by its id under both fences until the page is full.

    The planner takes the row policy for a condition that lets few tickets through; left to itself it walks them from
    the newest and asks each for its lexemes. So the hits come first (MATERIALIZED), in an order that LIMIT can
    stop, and the span, which the lexemes' months say already, is no way into the table of lexemes.
    """
    found = hits.cte("hits").prefix_with("MATERIALIZED")
    one_by_one = (
        select(found.c.ticket_id)
        .where(found.c.ticket_id.between(*span))
        .order_by(found.c.ticket_id.desc())
        .subquery("hit")
    )
    ticket = (
        select(*columns)
        .where(tickets.c.id == one_by_one.c.ticket_id, *_conditions(actor, filters))
        .limit(1)
        .lateral("ticket")
    )
    statement = select(ticket).select_from(one_by_one.join(ticket, true()))
    return statement.order_by(one_by_one.c.ticket_id.desc()).limit(limit)


def _holds(grams: ColumnElement[Any], query: str) -> ColumnElement[bool]:
    return grams.op("@@", return_type=Boolean())(cast(literal(query), TSQUERY))


def _conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [visible_to(actor)]
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
