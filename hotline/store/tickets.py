"""Tickets and their histories."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, func, select, tuple_, update

from hotline.access import visible_to
from hotline.models import recent_texts, tickets, tracking_codes
from hotline.rules import OPEN_STATES, State
from hotline.store.conditions import TICKET, visible_text
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound

Ticket = Any
OPEN_FILING = (
    "SELECT nextval('hotline.ticket_numbers'), (SELECT max(version) FROM hotline.clock_policies), "
    "(SELECT max(version) FROM hotline.calendar_years), "
    "(SELECT array_agg(ticket_id ORDER BY at, ticket_id) FROM hotline.recent_texts "
    "WHERE digest = %s::bytea AND at > %s::timestamptz)"
)
GET = f"SELECT {TICKET} FROM hotline.tickets WHERE hotline.tickets.id = %(ticket_id)s AND {{seen}}"
LIST = (
    f"SELECT {TICKET} FROM hotline.tickets WHERE {{seen}} ORDER BY created_at DESC, id DESC LIMIT %(limit)s"
)
# Who is claimed first: an emergency, then what is supervised, then what waits longest.
FIRST = "(urgency = 'emergency') DESC, is_supervised DESC, created_at, id"
# What waits, and what nobody holds any more although it was claimed; each by its own index, which those that are being
# seen to do not stand in. Whatever another claimer has locked is passed over.
NEXT = f"""
    WITH received AS (SELECT {TICKET} FROM hotline.tickets WHERE {{seen}} AND state = 'received'
        ORDER BY {FIRST} LIMIT 1 FOR UPDATE SKIP LOCKED),
    lapsed AS (SELECT {TICKET} FROM hotline.tickets WHERE {{seen}} AND state = 'triage' AND claimed_until <= %(at)s
        ORDER BY {FIRST} LIMIT 1 FOR UPDATE SKIP LOCKED)
    SELECT * FROM (SELECT * FROM received UNION ALL SELECT * FROM lapsed) AS waiting
    ORDER BY {FIRST} LIMIT 1
"""


def open_filing(
    session: Session, likeness: bytes | None = None, since: datetime | None = None
) -> tuple[int, int, int, list[UUID]]:
    """What a new ticket needs to know, in one question.

    The next running number (gaps are fine, repeats are not), the newest policy, the newest calendar, and the
    tickets that said the same since then, oldest first.
    """
    found: Any = session.raw(OPEN_FILING, (likeness, since)).fetchone()
    return found[0], found[1], found[2], list(found[3] or ())


def forget_recent_texts(session: Session, before: datetime) -> int:
    """Forget what was told before then."""
    return session.execute(delete(recent_texts).where(recent_texts.c.at < before)).rowcount


def find_tracked(session: Session, digest: bytes) -> Row[tuple[UUID, UUID]] | None:
    """(ticket_id, subject_id) of a tracking code."""
    statement = select(tracking_codes.c.ticket_id, tracking_codes.c.subject_id)
    return session.execute(statement.where(tracking_codes.c.digest == digest)).one_or_none()


def get_ticket(session: Session, actor: Actor, ticket_id: UUID) -> Ticket:
    """One ticket that the actor sees. Raises: NotFound."""
    seen, values = visible_text(actor)
    return _the_one(session.named(GET.format(seen=seen), values | {"ticket_id": ticket_id}))


def get_ticket_by_id(session: Session, ticket_id: UUID) -> Ticket:
    """One ticket whose reach the caller has already proven (tracking code). Raises: NotFound."""
    return _the_one(session.named(GET.format(seen="true"), {"ticket_id": ticket_id}))


def _the_one(found: Sequence[Ticket]) -> Ticket:
    if not found:
        raise NotFound
    return found[0]


def list_tickets(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None,
    states: frozenset[State] | None,
) -> Sequence[Ticket]:
    """Tickets the actor sees, newest first."""
    conditions: list[ColumnElement[bool]] = []
    if states is not None:
        conditions.append(tickets.c.state.in_([state.value for state in states]))
    if after is not None:
        conditions.append(tuple_(tickets.c.created_at, tickets.c.id) < tuple_(*after))
    seen, values = visible_text(actor, *conditions)
    return session.named(LIST.format(seen=seen), values | {"limit": limit})


def set_public_text(session: Session, ticket: Ticket, text_shown: str) -> None:
    """Keep what was released beside the ticket."""
    statement = update(tickets).where(tickets.c.id == ticket.id, tickets.c.subject_id == ticket.subject_id)
    session.execute(statement.values(public_text=text_shown))


def lock_next(session: Session, actor: Actor) -> Ticket | None:
    """The ticket to be claimed next, in the order of `FIRST`, locked."""
    seen, values = visible_text(actor)
    found = session.named(NEXT.format(seen=seen), values | {"at": session.at})
    return found[0] if found else None


def count_open(session: Session, actor: Actor) -> int:
    """How many of the tickets that an actor sees are open."""
    states = [state.value for state in OPEN_STATES]
    statement = (
        select(func.count()).select_from(tickets).where(visible_to(actor), tickets.c.state.in_(states))
    )
    return int(session.execute(statement).scalar_one())
