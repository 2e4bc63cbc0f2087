"""What a reader is shown of tickets and their histories: rows with their sealed fields opened."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column

from hotline import store
from hotline.access import holders_of, sees_contact
from hotline.actions.clocks import clock_of
from hotline.actions.events import event_of, open_note
from hotline.models import tickets
from hotline.rules import Action, Event, Facts, Guard, State, legal_actions
from hotline.rules.clocks import Clock
from hotline.rules.history import passes
from hotline.rules.machine import TRANSITIONS
from services import audit, vault
from services.actor import Actor, ActorKind
from services.database.session import Session

OPTIONAL = ("attributes", "contact", "point")
# What is said in these steps is said between departments: the reporter sees the step, not the words.
AMONG_STAFF = frozenset(
    {
        Action.ASK_CO_UNITS,
        Action.APPOINT_CO_UNITS,
        Action.REFUSE_CO_UNITS,
        Action.EXCUSE_CO_UNITS,
        Action.CONTRIBUTE,
        Action.FINISH_PART,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """A ticket with its fields opened, as its reader may see it."""

    id: UUID
    number: str
    category: str
    district: str
    channel: str
    state: str
    unit: str
    urgency: str
    text: str
    place: str
    version: int
    claimed_by: UUID | None
    claimed_until: datetime | None
    fence: int
    is_supervised: bool
    created_at: datetime
    changed_at: datetime
    actions: tuple[str, ...]
    subject_id: UUID
    clocks: tuple[Clock, ...] = ()
    is_confidential: bool = False
    is_anonymous: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
    # None where there is none, or the reader may not see it.
    contact: Mapping[str, str] | None = None
    point: Mapping[str, Any] | None = None
    public_text: str | None = None
    same_as: UUID | None = None
    co_units: tuple[str, ...] = ()
    # Known with the history alone: whose part is open, and whom the unit that answers has asked for.
    open_parts: tuple[str, ...] = ()
    co_asked: tuple[str, ...] = ()

    @property
    def next_clock(self) -> Clock | None:
        """The clock that runs out first; one that is paused has no deadline."""
        running = [one for one in self.clocks if one.stopped_at is None and one.due_at is not None]
        return min(running, key=lambda one: one.due_at or one.started_at, default=None)

    @property
    def due_at(self) -> datetime | None:
        """When the next deadline is."""
        return None if self.next_clock is None else self.next_clock.due_at

    @property
    def level(self) -> int:
        """The highest level of the escalation ladder that a running clock has reached; 0 for none."""
        return max((one.level for one in self.clocks if one.stopped_at is None), default=0)

    @property
    def is_due_provisional(self) -> bool:
        """Whether that deadline lies in a year whose workdays are not published."""
        return self.next_clock is not None and self.next_clock.is_provisional


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One step of a ticket's history; `salt` and `note` make the chain's note digest, `said` the rest."""

    sequence: int
    at: datetime
    action: str
    to_state: str
    note: str | None
    salt: bytes | None
    said: Event


def clocks_by_ticket(session: Session, ticket_ids: Sequence[UUID]) -> dict[UUID, tuple[Clock, ...]]:
    """The clocks of several tickets, in one query."""
    found: dict[UUID, tuple[Clock, ...]] = dict.fromkeys(ticket_ids, ())
    for row in store.list_clocks(session, ticket_ids):
        found[row.ticket_id] += (clock_of(row),)
    return found


def view_of(
    session: Session,
    actor: Actor,
    row: Any,
    facts: Facts | None = None,
    clocks: tuple[Clock, ...] | None = None,
    cipher: vault.Cipher | None = None,
) -> TicketView:
    """A ticket's row, opened; with its facts only the actions whose guards let the reader through.

    `clocks` and `cipher` are given where a list has asked for those of all its tickets.
    """
    cipher = cipher or vault.cipher_for(session, row.subject_id)
    state, holders = State(row.state), holders_of(actor, row)
    allowed = [
        action
        for action in legal_actions(state, holders)
        if facts is None
        or all(
            passes(guard, facts, account=actor.account, unit=_named(guard, actor), at=session.at)
            for guard in TRANSITIONS[state, action].guards
        )
    ]
    return TicketView(
        id=row.id,
        number=row.number,
        category=row.category,
        district=row.district,
        channel=row.channel,
        state=row.state,
        unit=row.unit,
        urgency=row.urgency,
        text=cipher.unseal_text(tickets.c.text_sealed, row.id, row.text_sealed),
        place=cipher.unseal_text(tickets.c.place_sealed, row.id, row.place_sealed),
        version=row.version,
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
        fence=row.fence,
        is_supervised=row.is_supervised,
        created_at=row.created_at,
        changed_at=row.changed_at,
        actions=tuple(action.value for action in allowed),
        subject_id=row.subject_id,
        clocks=clocks_by_ticket(session, [row.id])[row.id] if clocks is None else clocks,
        is_confidential=row.is_confidential,
        is_anonymous=row.is_anonymous,
        attributes=_json_in(cipher, tickets.c.attributes_sealed, row) or {},
        contact=_json_in(cipher, tickets.c.contact_sealed, row) if sees_contact(actor, row) else None,
        point=point_in(cipher, row),
        public_text=row.public_text,
        same_as=row.same_as,
        co_units=tuple(row.co_units),
        open_parts=() if facts is None else facts.open_parts,
        co_asked=() if facts is None else tuple(sorted(facts.co_asked)),
    )


def _named(guard: Guard, actor: Actor) -> str | None:
    """The unit that a step would name: whoever helps is their own; any other is not known yet."""
    return actor.unit if guard is Guard.OWN_PART_OPEN else None


def closed_in_lists(actor: Actor, view: TicketView) -> TicketView:
    """A ticket as a list shows it: a confidential one stays closed for staff, reading it is an act of its own."""
    if not view.is_confidential or actor.kind is ActorKind.RESIDENT:
        return view
    return replace(view, text="", place="", attributes={}, contact=None, point=None)


def point_in(cipher: vault.Cipher, row: Any) -> dict[str, Any] | None:
    """The place of a ticket on the map, opened."""
    return _json_in(cipher, tickets.c.point_sealed, row)


def _json_in(cipher: vault.Cipher, column: Column[bytes], row: Any) -> dict[str, Any] | None:
    sealed = getattr(row, column.name)
    if sealed is None:
        return None
    content: dict[str, Any] = json.loads(cipher.unseal_text(column, row.id, sealed))
    return content


def disclose_list(
    session: Session,
    actor: Actor,
    rows: Sequence[Any],
    *,
    is_wanted: Callable[[TicketView], bool] = lambda _: True,
) -> list[TicketView]:
    """The tickets of a list, opened, with the audit row that says so; confidential ones stay closed in lists.

    `is_wanted` looks at each as it was opened and leaves out those that are not for this list. One question asks for
    all clocks and one for all keys, however many tickets there are.
    """
    if not rows:
        return []
    clocks = clocks_by_ticket(session, [row.id for row in rows])
    ciphers = vault.ciphers_for(session, {row.subject_id for row in rows})
    opened = (
        view_of(session, actor, row, clocks=clocks[row.id], cipher=ciphers.get(row.subject_id))
        for row in rows
    )
    views = [closed_in_lists(actor, view) for view in opened if is_wanted(view)]
    if views:
        audit.append(
            session,
            actor,
            "hotline.tickets.read",
            subject_ids=[view.subject_id for view in views],
            details={"fields": ["text", "place"], "count": len(views)},
        )
    return views


def disclose(
    session: Session, actor: Actor, ticket: Any, events: list[Event], facts: Facts
) -> tuple[TicketView, list[EventView]]:
    """A ticket and its history, opened, with the audit row that says so."""
    cipher = vault.cipher_for(session, ticket.subject_id)
    shown = []
    for row in store.list_events(session, ticket.id, ticket.subject_id)[: len(events)]:
        salt, note = open_note(cipher, row)
        # Another reporter wrote it, on a ticket that was merged into this one; or one department wrote to another.
        if ("from" in row.details or row.action in AMONG_STAFF) and not actor.roles:
            salt, note = None, None
        shown.append(
            EventView(
                sequence=row.sequence,
                at=row.at,
                action=row.action,
                to_state=row.to_state,
                note=note,
                salt=salt,
                said=event_of(row),
            )
        )
    view = view_of(session, actor, ticket, facts)
    fields = ["text", "place", "notes", *(name for name in OPTIONAL if getattr(view, name))]
    details = {"ticket_id": str(ticket.id), "fields": fields}
    if ticket.is_confidential:
        audit.append(
            session, actor, "hotline.sealed_ticket.read", subject_id=ticket.subject_id, details=details
        )
    else:
        audit.append(session, actor, "hotline.ticket.read", subject_id=ticket.subject_id, details=details)
    return view, shown
