"""Finding tickets by keyed pairs of characters, and the searches that staff keep.

Only a leakproof operator uses an index under row-level security, and `@@` is none: so the pairs stand in a table
without clear text and without policy, and what they find is joined to tickets under both fences.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, cast, delete, func, insert, intersect, literal, select, tuple_
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
    statement = _found(select(tickets), actor, queries, filters, span).order_by(tickets.c.id.desc())
    return session.execute(statement.limit(limit)).all()


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
    hits = (
        _found(select(*columns), actor, queries, filters, span)
        .order_by(tickets.c.id.desc())
        .limit(most)
        .subquery()
    )
    sets = func.grouping_sets(*[tuple_(column) for column in hits.c])
    which = func.grouping(*hits.c)
    statement = select(which.label("which"), *hits.c, func.count().label("found")).group_by(sets)
    return session.execute(statement).all()


def _found(
    statement: Select[Any], actor: Actor, queries: Sequence[str], filters: Filters, span: tuple[UUID, UUID]
) -> Select[Any]:
    first, last = span
    conditions = [visible_to(actor), tickets.c.id >= first, tickets.c.id <= last]
    for name in ("state", "category", "district", "unit", "channel"):
        wanted = getattr(filters, name)
        if wanted:
            conditions.append(tickets.c[name].in_(wanted))
    if filters.filed_from is not None:
        conditions.append(tickets.c.created_at >= filters.filed_from)
    if filters.filed_before is not None:
        conditions.append(tickets.c.created_at < filters.filed_before)
    each = [
        select(search_texts.c.ticket_id).where(search_texts.c.grams.op("@@")(cast(literal(one), TSQUERY)))
        for one in queries
    ]
    if each:
        hits = intersect(*each) if len(each) > 1 else each[0]
        conditions.append(tickets.c.id.in_(hits))
    return statement.where(and_(*conditions))


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
