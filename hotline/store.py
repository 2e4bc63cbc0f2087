"""Every SQL statement of the hotline."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, exists, func, insert, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from hotline.access import visible_to
from hotline.models import (
    calendar_days,
    calendar_years,
    clock_policies,
    routing_rules,
    ticket_clocks,
    ticket_events,
    tickets,
    tracking_codes,
)
from hotline.rules import OPEN_STATES, Facts, State
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound

Ticket = Row[Any]


def open_filing(session: Session) -> tuple[int, int, int]:
    """The next running number (gaps are fine, repeats are not), the newest policy and the newest calendar."""
    statement = text(
        "SELECT nextval('hotline.ticket_numbers'), (SELECT max(version) FROM hotline.clock_policies), "
        "(SELECT max(version) FROM hotline.calendar_years)"
    )
    found: Any = session.execute(statement).one()
    return found[0], found[1], found[2]


def add_ticket(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a new ticket."""
    session.execute(insert(tickets), dict(values))


def add_event(session: Session, values: Mapping[str, Any]) -> None:
    """Append to a ticket's history."""
    session.execute(insert(ticket_events), dict(values))


def add_tracking_code(session: Session, digest: bytes, ticket_id: UUID, subject_id: UUID) -> None:
    """Keep where a tracking code leads."""
    values = {"digest": digest, "ticket_id": ticket_id, "subject_id": subject_id}
    session.execute(insert(tracking_codes), values)


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
            version=after.sequence,
            claimed_by=after.holder,
            claimed_until=after.lease_until,
            fence=after.fence,
            is_supervised=after.is_supervised,
            changed_at=session.at,
        )
    )
    return changed.rowcount == 1


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


def list_routing_rules(session: Session) -> Sequence[Row[Any]]:
    """The newest version of the rule table, in the order in which it is asked."""
    newest = select(func.max(routing_rules.c.version)).scalar_subquery()
    statement = select(routing_rules).where(routing_rules.c.version == newest)
    return session.execute(statement.order_by(routing_rules.c.rank)).all()


def read_policy(session: Session, version: int) -> Mapping[str, Any]:
    """One version of the rules of time."""
    statement = select(clock_policies.c.content).where(clock_policies.c.version == version)
    content: Mapping[str, Any] = session.execute(statement).scalar_one()
    return content


def put_clocks(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep clocks as they now stand."""
    given = pg_insert(ticket_clocks).values(list(rows))
    changed = {
        name: given.excluded[name] for name in ("started_at", "due_at", "is_provisional", "stopped_at")
    }
    session.execute(given.on_conflict_do_update(index_elements=["ticket_id", "kind", "run"], set_=changed))


def list_clocks(session: Session, ticket_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """The clocks of these tickets, the earliest deadline first."""
    statement = select(ticket_clocks).where(ticket_clocks.c.ticket_id.in_(ticket_ids))
    return session.execute(statement.order_by(ticket_clocks.c.due_at, ticket_clocks.c.kind)).all()


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


def count_open(session: Session, actor: Actor) -> int:
    """How many of the tickets that an actor sees are open."""
    states = [state.value for state in OPEN_STATES]
    statement = (
        select(func.count()).select_from(tickets).where(visible_to(actor), tickets.c.state.in_(states))
    )
    return int(session.execute(statement).scalar_one())
