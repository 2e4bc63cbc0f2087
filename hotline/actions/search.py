"""Finds tickets by their words, exactly, and keeps the searches that staff use again."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from hotline import store
from hotline.access import staff_of
from hotline.actions.views import TicketView, disclose_list
from hotline.errors import SavedViewsFull
from hotline.models import saved_views
from hotline.rules.grams import Segment, normalised, pairs_of, phrases_of, segments_of
from hotline.rules.search import Filters, Month, filed_at, groups_of, ids_between, month_of
from services import clock, ids, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound
from services.ports import KeyRing

PAIRS, CHARACTERS = "hotline.search.pairs", "hotline.search.characters"
LEXEME_BYTES = 6
# Where the segments of each field begin in a ticket's list.
FIELDS = {"text": 0, "place": 1000, "number": 2000}
MOST_COUNTED = 10_000
MOST_VIEWS = 30
MOST_PAIRS = 200
# How many segments are looked at one by one for each ticket of a page, before the index is asked.
LOOKED_AT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of a search; `after` is where the next one begins, None at the end."""

    tickets: list[TicketView]
    after: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How a search divides, over its newest tickets; `is_cut` when there are more than were counted."""

    total: int
    is_cut: bool
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A search that somebody keeps."""

    id: UUID
    title: str
    words: str
    filters: Mapping[str, Any]
    created_at: datetime


def index_ticket(session: Session, ticket_id: UUID, **fields: str) -> None:
    """Make a ticket findable by what is written in its fields.

    Effects: keyed lexemes in hotline.search_texts; nothing of the text stands there in clear.
    """
    month = month_of(filed_at(ticket_id))
    segments = {}
    for field, text in fields.items():
        for number, segment in enumerate(segments_of(normalised(text)), start=FIELDS[field]):
            segments[number] = vector_of(segment, partial(_lexeme, session, month))
    store.add_search_texts(session, ticket_id, segments)


def vector_of(segment: Segment, lexeme: Callable[[str, str], str]) -> str:
    """A segment as a tsvector written out; `lexeme` makes a field and a gram of it into a keyed lexeme."""
    parts = [f"{lexeme(PAIRS, pair)}:{','.join(map(str, places))}" for pair, places in segment.pairs.items()]
    parts += [lexeme(CHARACTERS, one) for one in sorted(segment.characters)]
    return " ".join(parts)


@lru_cache(maxsize=65_536)
def lexeme_of(keys: KeyRing, month: Month, field: str, gram: str) -> str:
    """What stands for a gram in the tickets of a month: nothing of it can be read from that.

    A hundred are asked for a ticket, mostly the same ones; a process remembers them as long as it has the keys.
    """
    keyed = keys.index(field, f"{month.year}-{month.month}:{gram}")[:LEXEME_BYTES]
    return f"'{urlsafe_b64encode(keyed).decode()}'"


def search_tickets(
    session: Session, actor: Actor, *, words: str, filters: Filters, limit: int, after: UUID | None = None
) -> Found:
    """Tickets that hold every one of these words, newest first: exactly those a substring search would find.

    Shapes: `words` are up to 8 of up to 64 characters, or none at all when filters alone are asked.
    Access: scope hotline:work; the desk finds all, a department its own. Effects: one audit row hotline.tickets.read.
    Raises: SearchTooBroad 422.
    """
    phrases = phrases_of(words) if words.strip() else ()
    rows = _find(session, actor, phrases, filters, limit=limit + 1, after=after)
    # Lexemes are cut hashes: what only looks alike is left out after reading.
    views = disclose_list(session, actor, rows[:limit], is_wanted=lambda view: _holds(view, phrases))
    return Found(tickets=views, after=rows[limit - 1].id if len(rows) > limit else None)


def count_facets(session: Session, actor: Actor, *, words: str, filters: Filters) -> Facets:
    """How many tickets a search finds by state, category, district and channel; the newest 10,000 are counted.

    Access: as search_tickets. Effects: none, nothing is opened. Raises: SearchTooBroad 422.
    """
    phrases = phrases_of(words) if words.strip() else ()
    counts: dict[str, dict[str, int]] = {name: {} for name in ("state", "category", "district", "channel")}
    total = 0
    for span, queries in _spans(session, phrases, filters, None):
        rows = store.count_facets(session, actor, queries, filters, span=span, most=MOST_COUNTED + 1 - total)
        for row in rows:
            name = store.FACETS[row.which]
            value = getattr(row, name)
            counts[name][value] = counts[name].get(value, 0) + row.found
        total = sum(counts["state"].values())
        if total > MOST_COUNTED:
            break
    return Facets(total=min(total, MOST_COUNTED), is_cut=total > MOST_COUNTED, counts=counts)


def pairs_query(session: Session, pairs: Collection[str], begins: datetime, ends: datetime) -> str:
    """A tsquery that any of these pairs satisfies, under the keys of the months of a stretch; for ranking."""
    months = [month for group in groups_of(month_of(ends), month_of(begins)) for month in group]
    some = sorted(pairs)[:MOST_PAIRS]
    return " | ".join(_lexeme(session, month, PAIRS, pair) for month in months for pair in some)


def save_view(
    session: Session, actor: Actor, *, title: str, words: str, filters: Mapping[str, Any]
) -> SavedView:
    """Keep a search under a name, sealed under the keeper's own key.

    Access: staff, for themselves. Raises: SearchTooBroad 422, SavedViewsFull 409.
    """
    account = staff_of(actor)
    if words.strip():
        phrases_of(words)
    if len(store.list_saved_views(session, account)) >= MOST_VIEWS:
        raise SavedViewsFull
    view_id = ids.new_id()
    content = json.dumps({"title": title, "words": words, "filters": dict(filters)})
    sealed = vault.seal(session, saved_views.c.query_sealed, account, view_id, content)
    store.add_saved_view(session, account, view_id, sealed, session.at)
    return SavedView(id=view_id, title=title, words=words, filters=filters, created_at=session.at)


def list_saved_views(session: Session, actor: Actor) -> list[SavedView]:
    """The searches that the caller keeps. Access: staff, for themselves."""
    account = staff_of(actor)
    found = []
    for row in store.list_saved_views(session, account):
        content = vault.unseal_text(session, saved_views.c.query_sealed, account, row.id, row.query_sealed)
        found.append(SavedView(id=row.id, created_at=row.created_at, **json.loads(content)))
    return found


def forget_view(session: Session, actor: Actor, *, view_id: UUID) -> None:
    """Forget a search. Access: its keeper. Raises: NotFound 404."""
    if not store.forget_saved_view(session, staff_of(actor), view_id):
        raise NotFound


def _holds(view: TicketView, phrases: Sequence[str]) -> bool:
    texts = [normalised(text) for text in (view.text, view.place, view.number)]
    return all(any(phrase in text for text in texts) for phrase in phrases)


def _find(
    session: Session,
    actor: Actor,
    phrases: Sequence[str],
    filters: Filters,
    *,
    limit: int,
    after: UUID | None,
) -> list[Any]:
    """The newest tickets of a search.

    A common word fills the page from the newest alone; of a rarer one the index names all tickets of some months.
    """
    rows: list[Any] = []
    if phrases:
        span, queries = _asked(session, phrases, [_newest_month(filters, after)], after)
        rows += store.search_newest(
            session, actor, queries, filters, span=span, limit=limit, looked_at=limit * LOOKED_AT
        )
        if len(rows) == limit:
            return rows
        rows.clear()
    for span, queries in _spans(session, phrases, filters, after):
        rows += store.search_tickets(session, actor, queries, filters, span=span, limit=limit - len(rows))
        if len(rows) == limit:
            break
    return rows


def _spans(
    session: Session, phrases: Sequence[str], filters: Filters, after: UUID | None
) -> Iterator[tuple[tuple[UUID, UUID], list[str]]]:
    """Where to look, newest first."""
    oldest_id = store.oldest_ticket(session)
    if oldest_id is None:
        return
    oldest = month_of(max(filed_at(oldest_id), filters.filed_from or filed_at(oldest_id)))
    newest = _newest_month(filters, after)
    for months in groups_of(newest, oldest) if phrases else [[newest, oldest]]:
        yield _asked(session, phrases, months, after)


def _newest_month(filters: Filters, after: UUID | None) -> Month:
    last_instant = min(clock.now(), filters.filed_before or clock.now())
    return month_of(last_instant if after is None else filed_at(after))


def _asked(
    session: Session, phrases: Sequence[str], months: Sequence[Month], after: UUID | None
) -> tuple[tuple[UUID, UUID], list[str]]:
    """The ids of these months, the newest first, and each phrase as a tsquery under the months' keys."""
    first, last = ids_between(months[-1].begins(), months[0].after().begins())
    if after is not None:
        last = min(last, UUID(int=after.int - 1))
    return (first, last), [" | ".join(_query(session, month, one) for month in months) for one in phrases]


def _query(session: Session, month: Month, phrase: str) -> str:
    if len(phrase) == 1:
        return _lexeme(session, month, CHARACTERS, phrase)
    return "(" + " <-> ".join(_lexeme(session, month, PAIRS, pair) for pair in pairs_of(phrase)) + ")"


def _lexeme(session: Session, month: Month, field: str, gram: str) -> str:
    return lexeme_of(session.keys, month, field, gram)  # type: ignore[arg-type]  # one object for all of a process
