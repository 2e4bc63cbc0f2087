"""A new ticket: it goes in by two statements, one for what is about the reporter, one for all by which it is found."""

from collections.abc import Mapping, Sequence
from typing import Any

from hotline.models import tickets
from hotline.store.clocks import ADD_CLOCKS, clocks_given
from hotline.store.queue import ADD as SHOW_LIVE
from hotline.store.queue import announce, change_given
from hotline.store.steps import EVENT, event_given
from services.database.session import Session

# Nobody holds a new ticket, and nothing of it was released.
LATER = frozenset({"claimed_by", "claimed_until", "public_text"})
FILED = tuple(column.name for column in tickets.c if column.name not in LATER)
PUBLIC = "number, category, district, state, unit, requested_at, updated_at"
FILE = f"""
    WITH ticket AS (INSERT INTO hotline.tickets ({", ".join(FILED)})
        VALUES ({", ".join(f"%({name})s" for name in FILED)})),
    event AS (INSERT INTO hotline.ticket_events ({", ".join(EVENT)})
        VALUES ({", ".join(f"%(event_{name})s" for name in EVENT)}))
    {ADD_CLOCKS}
"""
MAKE_FINDABLE = f"""
    WITH code AS (INSERT INTO hotline.tracking_codes (digest, ticket_id, subject_id)
        VALUES (%(code)s, %(ticket_id)s, %(subject_id)s)),
    words AS (INSERT INTO hotline.search_texts (ticket_id, segment, grams)
        SELECT %(ticket_id)s, segment, grams::tsvector
        FROM unnest(%(segments)s::int[], %(grams)s::text[]) AS given (segment, grams)),
    told AS (INSERT INTO hotline.recent_texts (digest, ticket_id, at)
        SELECT %(likeness)s::bytea, %(ticket_id)s, %(at)s WHERE %(likeness)s::bytea IS NOT NULL),
    shown AS (INSERT INTO hotline.public_requests ({PUBLIC})
        SELECT %(number)s, %(category)s, %(district)s, %(state)s, %(unit)s, %(at)s, %(at)s WHERE %(is_public)s)
    {SHOW_LIVE}
"""


def add_ticket(
    session: Session, ticket: Mapping[str, Any], event: Mapping[str, Any], clocks: Sequence[Mapping[str, Any]]
) -> None:
    """Keep a new ticket with the first event of its history and the clocks that this starts."""
    session.raw(FILE, {name: ticket[name] for name in FILED} | event_given(event) | clocks_given(clocks))


def make_findable(
    session: Session,
    ticket: Mapping[str, Any],
    *,
    code: bytes,
    likeness: bytes | None,
    segments: Mapping[int, str],
    is_public: bool,
) -> None:
    """Make a new ticket found by its tracking code and its words, and known when the same is told again.

    Shapes: each of `segments` is a tsvector of keyed lexemes, written out.
    Effects: it is shown in the live queue and, where it is public, to everybody. All travels with COMMIT.
    """
    values = {
        "code": code,
        "subject_id": ticket["subject_id"],
        "segments": list(segments),
        "grams": list(segments.values()),
        "likeness": likeness,
        "at": session.at,
        "is_public": is_public,
    }
    change = change_given({**ticket, "ticket_id": ticket["id"], "holder": None})
    session.at_commit(MAKE_FINDABLE, change | values)
    announce(session)
