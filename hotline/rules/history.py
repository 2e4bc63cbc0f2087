"""A ticket's history: what its events add up to, and the chain that shows none was altered. Pure.

Each event's digest is SHA-256 over the canonical JSON of what it says (sorted keys, no spaces, UTF-8, as in RFC 8785
for strings, integers and null) with the digest of the event before. The reader of a ticket is given all that goes
into it and can compute the chain without us. A note goes in as the SHA-256 of a salt and the note, so that the
chain survives the shredding of the note and gives nothing of it away.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hotline.rules.machine import TIMERS, TRANSITIONS
from hotline.rules.states import LEASE, Action, Effect, Guard, State
from hotline.rules.urgency import Urgency
from services.clock import SHANGHAI

VERSION = 1
MOST_OBJECTIONS = 2
MOST_WAITS = 2
MOST_HANDOVERS = 2
MISSED_DAYS = 3
# A mark no better than this is looked into.
WORST = 2
DISPUTE_WITHIN = timedelta(days=15)
Details = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step, without its note: who as what, when, from where to where, with which codes."""

    sequence: int
    at: datetime
    action: Action
    from_state: State | None
    to_state: State
    by: str
    actor: str
    account: UUID | None = None
    unit: str
    details: Details = field(default_factory=dict)
    note_digest: bytes | None = None
    digest: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a ticket's events add up to. `since` numbers the event from which the state's time counts."""

    sequence: int
    state: State
    unit: str
    since: int
    since_at: datetime
    holder: UUID | None = None
    lease_until: datetime | None = None
    fence: int = 0
    objections: Mapping[str, int] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()
    waits: int = 0
    handovers: int = 0
    days_asked: int = 0
    missed_on: frozenset[date] = frozenset()
    is_supervised: bool = False
    urgency: Urgency = Urgency.ORDINARY
    # Who helps the unit that answers, and whether their part is done; and whom it has asked for.
    co_units: Mapping[str, bool] = field(default_factory=dict)
    co_asked: frozenset[str] = frozenset()
    score: int = 0
    is_rechecked: bool = False
    claim_aside: tuple[UUID | None, datetime | None] = (None, None)

    @property
    def times_objected(self) -> int:
        """How often the department in charge has objected."""
        return self.objections.get(self.unit, 0)

    @property
    def is_rated_badly(self) -> bool:
        """Whether the mark is one that a supervisor looks into."""
        return 0 < self.score <= WORST

    @property
    def open_parts(self) -> tuple[str, ...]:
        """The units that help and have not said that their part is done."""
        return tuple(unit for unit, is_done in sorted(self.co_units.items()) if not is_done)


EVERY_UNIT = "*"


class HistoryBroken(Exception):
    """Events that do not follow from one another: something altered the store beneath us."""


# What each effect changes of the facts.
_CHANGES: Mapping[Effect, Callable[[Facts, Event], dict[str, Any]]] = {
    Effect.TAKE_CLAIM: lambda facts, event: {
        "holder": event.account,
        "lease_until": event.at + LEASE,
        "fence": facts.fence + 1,
    },
    Effect.RENEW_CLAIM: lambda _, event: {"lease_until": event.at + LEASE},
    Effect.DROP_CLAIM: lambda *_: {"holder": None, "lease_until": None},
    Effect.SET_CLAIM_ASIDE: lambda facts, _: {"claim_aside": (facts.holder, facts.lease_until)},
    Effect.TAKE_CLAIM_BACK: lambda facts, _: {
        "holder": facts.claim_aside[0],
        "lease_until": facts.claim_aside[1],
        "claim_aside": (None, None),
    },
    # Whoever answers for a ticket does not help with it.
    Effect.SET_UNIT: lambda facts, event: {
        "unit": event.unit,
        "co_units": {unit: done for unit, done in facts.co_units.items() if unit != event.unit},
        "co_asked": facts.co_asked - {event.unit},
    },
    Effect.COUNT_OBJECTION: lambda facts, _: {
        "objections": {**facts.objections, facts.unit: facts.times_objected + 1}
    },
    Effect.BAR_UNIT: lambda facts, _: {"barred": facts.barred | {facts.unit}},
    Effect.BAR_ALL: lambda facts, _: {"barred": facts.barred | {EVERY_UNIT}},
    Effect.COUNT_WAIT: lambda facts, _: {"waits": facts.waits + 1},
    Effect.COUNT_HANDOVER: lambda facts, _: {"handovers": facts.handovers + 1},
    Effect.ASK_EXTENSION: lambda _, event: {"days_asked": int(event.details["days"])},
    Effect.SETTLE_EXTENSION: lambda *_: {"days_asked": 0},
    Effect.COUNT_MISSED: lambda facts, event: {"missed_on": facts.missed_on | {_day(event.at)}},
    Effect.FORGET_MISSED: lambda *_: {"missed_on": frozenset()},
    Effect.RATE: lambda facts, event: {"score": int(event.details.get("score", facts.score))},
    Effect.FORGET_RATING: lambda *_: {"score": 0, "is_rechecked": False},
    Effect.NOTE_RECHECK: lambda *_: {"is_rechecked": True},
    Effect.SUPERVISE: lambda *_: {"is_supervised": True},
    Effect.SET_URGENCY: lambda _, event: {"urgency": Urgency(str(event.details["urgency"]))},
    Effect.NAME_CO_UNITS: lambda facts, event: {
        "co_units": dict.fromkeys(sorted(co_units_in(event.details) - {facts.unit}), False),
        "co_asked": frozenset(),
    },
    Effect.ASK_CO_UNITS: lambda facts, event: {"co_asked": facts.co_asked | co_units_in(event.details)},
    Effect.ADD_CO_UNITS: lambda facts, event: {
        "co_units": {**facts.co_units, **dict.fromkeys(sorted(co_units_in(event.details)), False)}
    },
    Effect.FORGET_ASKED: lambda facts, event: {"co_asked": facts.co_asked - co_units_in(event.details)},
    Effect.DROP_CO_UNITS: lambda facts, event: {
        "co_units": {
            unit: done for unit, done in facts.co_units.items() if unit not in co_units_in(event.details)
        }
    },
    Effect.FINISH_PART: lambda facts, event: {
        "co_units": {**facts.co_units, str(event.details["part"]): True}
    },
    Effect.REOPEN_PARTS: lambda facts, _: {"co_units": dict.fromkeys(facts.co_units, False)},
}


def fold(events: Iterable[Event]) -> Facts:
    """What the events add up to.

    Raises: HistoryBroken for a gap, a step that the table does not know, or one from another state.
    """
    facts: Facts | None = None
    for event in events:
        facts = _begin(event) if facts is None else advance(facts, event)
    if facts is None:
        raise HistoryBroken
    return facts


def _begin(event: Event) -> Facts:
    if event.sequence != 1 or event.action is not Action.SUBMIT or event.to_state is not State.RECEIVED:
        raise HistoryBroken
    return Facts(sequence=1, state=State.RECEIVED, unit=event.unit, since=1, since_at=event.at)


def advance(facts: Facts, event: Event) -> Facts:
    """The facts after one more event. Raises: HistoryBroken."""
    arrow = TRANSITIONS.get((facts.state, event.action))
    follows = (event.sequence, event.from_state) == (facts.sequence + 1, facts.state)
    if arrow is None or not follows or event.to_state is not arrow.to or event.by not in arrow.actors:
        raise HistoryBroken
    after = replace(facts, sequence=event.sequence, state=arrow.to)
    if arrow.to is not facts.state or Effect.RENEW_CLAIM in arrow.effects:
        after = replace(after, since=event.sequence, since_at=event.at)
    for effect in arrow.effects:
        after = _apply(effect, after, event)
    return after


def _apply(effect: Effect, facts: Facts, event: Event) -> Facts:
    return replace(facts, **_CHANGES[effect](facts, event))


def passes(
    guard: Guard,
    facts: Facts,
    *,
    account: UUID | None,
    unit: str | None,
    at: datetime,
    urgency: str | None = None,
    co_units: frozenset[str] = frozenset(),
) -> bool:
    """Whether a guard lets this actor through at this instant.

    `unit` is whom the step names, or the unit of whoever helps; nothing named passes where something may be.
    """
    return {
        Guard.HOLDS_CLAIM: lambda: (
            facts.holder is not None and facts.holder == account and not _ran_out(facts, at)
        ),
        Guard.CLAIM_RAN_OUT: lambda: _ran_out(facts, at),
        Guard.MAY_OBJECT: lambda: (
            not facts.barred & {facts.unit, EVERY_UNIT} and facts.times_objected < MOST_OBJECTIONS
        ),
        Guard.OBJECTED_TWICE_OR_TIME_OUT: lambda: (
            facts.times_objected >= MOST_OBJECTIONS or _time_is_out(facts, at)
        ),
        Guard.TIME_OUT: lambda: _time_is_out(facts, at),
        Guard.ANOTHER_UNIT: lambda: unit != facts.unit,
        Guard.ANOTHER_URGENCY: lambda: urgency != facts.urgency,
        Guard.CO_UNITS_MISSING: lambda: not co_units & {facts.unit, *facts.open_parts},
        Guard.CO_UNITS_ASKED: lambda: bool(facts.co_asked) and co_units <= facts.co_asked,
        Guard.CO_UNITS_THERE: lambda: bool(facts.co_units) and co_units <= set(facts.co_units),
        Guard.IS_HELPED: lambda: bool(facts.co_units),
        Guard.OWN_PART_OPEN: lambda: unit in facts.open_parts,
        Guard.HANDED_OVER_SELDOM: lambda: facts.handovers < MOST_HANDOVERS,
        Guard.WAITED_SELDOM: lambda: facts.waits < MOST_WAITS,
        Guard.NO_EXTENSION_ASKED: lambda: facts.days_asked == 0,
        Guard.EXTENSION_ASKED: lambda: facts.days_asked > 0,
        Guard.NOT_MISSED_TODAY: lambda: _day(at) not in facts.missed_on,
        Guard.MISSED_ON_THREE_DAYS: lambda: len(facts.missed_on) >= MISSED_DAYS,
        Guard.WITHIN_15_DAYS: lambda: at <= facts.since_at + DISPUTE_WITHIN,
        Guard.NOT_SUPERVISED: lambda: not facts.is_supervised,
        Guard.NOT_RATED: lambda: facts.score == 0,
        Guard.RATED_BADLY: lambda: facts.is_rated_badly,
        Guard.NOT_RECHECKED: lambda: not facts.is_rechecked,
    }[guard]()


def co_units_in(details: Details) -> frozenset[str]:
    """The units that an event names beside the one that answers; details hold texts and numbers alone."""
    return frozenset(one for one in str(details.get("co_units", "")).split(",") if one)


def content_of(number: str, event: Event, previous: bytes | None) -> dict[str, Any]:
    """All that goes into an event's digest, as the ticket's reader is given it."""
    return {
        "v": VERSION,
        "ticket": number,
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": event.action.value,
        "from": None if event.from_state is None else event.from_state.value,
        "to": event.to_state.value,
        "by": event.by,
        "actor": event.actor,
        "unit": event.unit,
        "details": dict(event.details),
        "note": None if event.note_digest is None else event.note_digest.hex(),
        "previous": None if previous is None else previous.hex(),
    }


def digest_of(number: str, event: Event, previous: bytes | None) -> bytes:
    """The link that an event adds to its ticket's chain."""
    content = content_of(number, event, previous)
    form = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(form.encode()).digest()


def broken_link(number: str, events: Sequence[Event]) -> int | None:
    """The sequence of the first event that does not fit the chain, or None.

    Events from before the chain began carry no digest; they may only stand at the start.
    """
    previous: bytes | None = None
    for place, event in enumerate(events, start=1):
        if event.sequence != place:
            return place
        if event.digest is None and previous is None:
            continue
        if event.digest != digest_of(number, event, previous):
            return event.sequence
        previous = event.digest
    return None


def actor_digest(ticket_id: UUID, label: str) -> str:
    """How one ticket's history names whoever took a step: the same within the ticket, unlike in all others."""
    return hashlib.sha256(ticket_id.bytes + label.encode()).hexdigest()


def note_digest(salt: bytes, note: str) -> bytes:
    """What the chain holds of a note."""
    return hashlib.sha256(salt + note.encode()).digest()


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _ran_out(facts: Facts, at: datetime) -> bool:
    return facts.lease_until is not None and facts.lease_until <= at


def _time_is_out(facts: Facts, at: datetime) -> bool:
    return facts.state in TIMERS and facts.since_at + TIMERS[facts.state][1] <= at
