"""Tickets and their histories."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    LargeBinary,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)

from hotline.access import visible_to
from hotline.models import (
    recent_texts,
    ticket_events,
    tickets,
    tracking_codes,
)
from hotline.rules import OPEN_STATES, Facts, State
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound

Ticket = Row[Any]
OPEN_FILING = text(
    "SELECT nextval('hotline.ticket_numbers'), (SELECT max(version) FROM hotline.clock_policies), "
    "(SELECT max(version) FROM hotline.calendar_years), "
    "(SELECT array_agg(ticket_id ORDER BY at, ticket_id) FROM hotline.recent_texts "
    "WHERE digest = :likeness AND at > :since)"
).bindparams(bindparam("likeness", type_=LargeBinary), bindparam("since", type_=DateTime(timezone=True)))


def open_filing(
    session: Session, likeness: bytes | None = None, since: datetime | None = None
) -> tuple[int, int, int, list[UUID]]:
    """What a new ticket needs to know, in one question.

    The next running number (gaps are fine, repeats are not), the newest policy, the newest calendar, and the
    tickets that said the same since then, oldest first.
    """
    found: Any = session.execute(OPEN_FILING, {"likeness": likeness, "since": since}).one()
    return found[0], found[1], found[2], list(found[3] or ())


def add_recent_text(session: Session, likeness: bytes, ticket_id: UUID) -> None:
    """Remember what was told. It travels with COMMIT."""
    session.at_commit(
        "INSERT INTO hotline.recent_texts (digest, ticket_id, at) VALUES (%s, %s, %s)",
        (likeness, ticket_id, session.at),
    )


def forget_recent_texts(session: Session, before: datetime) -> int:
    """Forget what was told before then."""
    return session.execute(delete(recent_texts).where(recent_texts.c.at < before)).rowcount


def add_ticket(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a new ticket."""
    session.execute(insert(tickets), dict(values))


def add_event(session: Session, values: Mapping[str, Any]) -> None:
    """Append to a ticket's history."""
    session.execute(insert(ticket_events), dict(values))


def add_tracking_code(session: Session, digest: bytes, ticket_id: UUID, subject_id: UUID) -> None:
    """Keep where a tracking code leads. It travels with COMMIT."""
    session.at_commit(
        "INSERT INTO hotline.tracking_codes (digest, ticket_id, subject_id) VALUES (%s, %s, %s)",
        (digest, ticket_id, subject_id),
    )


def find_tracked(session: Session, digest: bytes) -> Row[tuple[UUID, UUID]] | None:
    """(ticket_id, subject_id) of a tracking code."""
    statement = select(tracking_codes.c.ticket_id, tracking_codes.c.subject_id)
    return session.execute(statement.where(tracking_codes.c.digest == digest)).one_or_none()


def get_ticket(session: Session, actor: Actor, ticket_id: UUID) -> Ticket:
    """One ticket that the actor sees. Raises: NotFound."""
    row = session.execute(select(tickets).where(tickets.c.id == ticket_id, visible_to(actor))).one_or_none()
    if row is None:
        raise NotFound
    return row


def get_ticket_by_id(session: Session, ticket_id: UUID) -> Ticket:
    """One ticket whose reach the caller has already proven (tracking code). Raises: NotFound."""
    row = session.execute(select(tickets).where(tickets.c.id == ticket_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def list_tickets(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None,
    states: frozenset[State] | None,
) -> Sequence[Ticket]:
    """Tickets the actor sees, newest first."""
    statement = select(tickets).where(visible_to(actor))
    if states is not None:
        statement = statement.where(tickets.c.state.in_([state.value for state in states]))
    if after is not None:
        statement = statement.where(tuple_(tickets.c.created_at, tickets.c.id) < tuple_(*after))
    order = (tickets.c.created_at.desc(), tickets.c.id.desc())
    return session.execute(statement.order_by(*order).limit(limit)).all()


def list_events(session: Session, ticket_id: UUID, subject_id: UUID) -> Sequence[Row[Any]]:
    """A ticket's history, oldest first."""
    statement = select(ticket_events).where(
        ticket_events.c.ticket_id == ticket_id, ticket_events.c.subject_id == subject_id
    )
    return session.execute(statement.order_by(ticket_events.c.sequence)).all()


def change_ticket(
    session: Session, ticket: Ticket, before: Facts, after: Facts, *, needs_claim: bool
) -> bool:
    """Move a ticket from the history that was read; False when somebody else was first.

    Where a claim is needed, the write carries its fence: an expired or older claim changes nothing.
    """
    statement = update(tickets).where(
        tickets.c.id == ticket.id,
        tickets.c.subject_id == ticket.subject_id,
        tickets.c.version == before.sequence,
        tickets.c.state == before.state.value,
    )
    if needs_claim:
        statement = statement.where(
            tickets.c.claimed_by == before.holder,
            tickets.c.fence == before.fence,
            tickets.c.claimed_until > session.at,
        )
    changed = session.execute(
        statement.values(
            state=after.state.value,
            unit=after.unit,
            co_units=sorted(after.co_units),
            urgency=after.urgency.value,
            version=after.sequence,
            claimed_by=after.holder,
            claimed_until=after.lease_until,
            fence=after.fence,
            is_supervised=after.is_supervised,
            changed_at=session.at,
        )
    )
    return changed.rowcount == 1


def set_public_text(session: Session, ticket: Ticket, text_shown: str) -> None:
    """Keep what was released beside the ticket."""
    statement = update(tickets).where(tickets.c.id == ticket.id, tickets.c.subject_id == ticket.subject_id)
    session.execute(statement.values(public_text=text_shown))


def lock_next(session: Session, actor: Actor) -> Ticket | None:
    """The ticket that waits longest, supervised ones first, locked; those that others lock are passed over."""
    ready = or_(
        tickets.c.state == State.RECEIVED.value,
        and_(tickets.c.state == State.TRIAGE.value, tickets.c.claimed_until <= session.at),
    )
    statement = (
        select(tickets)
        .where(visible_to(actor), ready)
        .order_by(tickets.c.is_supervised.desc(), tickets.c.created_at, tickets.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.execute(statement).one_or_none()


def count_open(session: Session, actor: Actor) -> int:
    """How many of the tickets that an actor sees are open."""
    states = [state.value for state in OPEN_STATES]
    statement = (
        select(func.count()).select_from(tickets).where(visible_to(actor), tickets.c.state.in_(states))
    )
    return int(session.execute(statement).scalar_one())
