"""A ticket's clocks: what its events, the policy frozen on it and the calendar make of deadlines. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hotline.rules.calendar import WorkCalendar
from hotline.rules.history import Event
from hotline.rules.policies import Allowance, ClockKind, Matter, Policy
from hotline.rules.states import Action, State
from hotline.rules.urgency import Urgency

SENDING = frozenset({Action.DISPATCH, Action.APPOINT, Action.BACKSTOP, Action.HAND_OVER, Action.REDISPATCH})
QUEUED = frozenset({State.RECEIVED, State.TRIAGE})
UNSIGNED = frozenset({State.DISPATCHED, State.OBJECTION, State.ADJUDICATION})
ENDED = frozenset(
    {
        State.ANSWERED,
        State.DECLINED,
        State.TRANSFERRED,
        State.RESOLVED,
        State.REOPENED,
        State.CLOSED,
        State.MERGED,
    }
)
# What starts each clock; one that runs already runs on. Sign and resolve run from dispatch: a return costs the
# returner.
STARTS: Mapping[ClockKind, frozenset[Action]] = {
    ClockKind.ACCEPT: frozenset({Action.SUBMIT, Action.DISPUTE}),
    ClockKind.SIGN: SENDING,
    ClockKind.CONTACT: frozenset({Action.SIGN}),
    ClockKind.RESOLVE: SENDING,
    ClockKind.CALL_BACK: frozenset({Action.RESOLVE}),
}
# The states in which each clock runs on; any other stops it.
RUNS_IN: Mapping[ClockKind, frozenset[State]] = {
    ClockKind.ACCEPT: QUEUED,
    ClockKind.SIGN: UNSIGNED,
    ClockKind.CONTACT: frozenset({State.SIGNED}),
    ClockKind.RESOLVE: frozenset(State) - ENDED,
    ClockKind.CALL_BACK: frozenset({State.RESOLVED}),
}
DAY_AND_NIGHT = 86_400
Stretch = tuple[datetime, datetime | None]
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock as it stands. `due_at` is None while it is paused; `run` counts the clocks of its kind.

    `levels_at` are the instants of the policy's levels, None for those that a pause holds up. `is_day_and_night`
    says that its levels are told out of duty hours too.
    """

    kind: ClockKind
    run: int
    started_at: datetime
    due_at: datetime | None
    is_provisional: bool
    stopped_at: datetime | None
    is_day_and_night: bool = False
    levels_at: tuple[datetime | None, ...] = ()
    # The last level that was escalated. What happened, not what follows from the history: no part of comparisons.
    level: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class _Term:
    """How long a clock has, and from when that counts."""

    allowance: Allowance
    since: datetime


@dataclass(slots=True)
class _Running:
    """A clock while the events are read: the stretches in which it ran; the last may be open."""

    kind: ClockKind
    run: int
    is_again: bool
    stretches: list[Stretch]
    term: _Term = field(init=False)
    extensions: list[tuple[datetime, int]] = field(default_factory=list)
    is_urgent: bool = False
    stopped_at: datetime | None = None

    @property
    def started_at(self) -> datetime:
        return self.stretches[0][0]

    @property
    def is_paused(self) -> bool:
        return self.stretches[-1][1] is not None


@dataclass(slots=True)
class _Reading:
    """The rules behind the clocks of one ticket, and what was said of it so far."""

    policy: Policy
    calendar: WorkCalendar
    matter: Matter
    days: int = 0
    supervised_at: datetime | None = None


def clocks_of(events: Iterable[Event], policy: Policy, calendar: WorkCalendar) -> tuple[Clock, ...]:
    """All clocks of a ticket, stopped ones too: a pure function of its events, its policy and the calendar."""
    reading = _Reading(policy, calendar, Matter())
    clocks, set_aside = list[_Running](), list[_Running]()
    for event in events:
        if event.action is Action.MERGE:
            set_aside = [clock for clock in clocks if clock.stopped_at is None]
        if event.action is Action.UNMERGE:
            # A merge that was undone never stopped anything: its clocks run as if it had not been.
            for clock in set_aside:
                clock.stopped_at = None
        _note(reading, event)
        for clock in clocks:
            if clock.stopped_at is None:
                _read(clock, event, reading)
        for kind, actions in STARTS.items():
            if event.action in actions and event.to_state in RUNS_IN[kind]:
                _start(clocks, kind, event, reading)
    return tuple(_settle(clock, reading) for clock in clocks)


def _note(reading: _Reading, event: Event) -> None:
    """What an event says of the ticket that its clocks go by."""
    if event.action is Action.SUBMIT:
        category, channel = (str(event.details.get(name, "")) for name in ("category", "channel"))
        reading.matter = Matter(category=category, channel=channel)
    if event.action is Action.SET_URGENCY:
        reading.matter = replace(reading.matter, urgency=Urgency(str(event.details["urgency"])))
    if event.action is Action.ASK_EXTENSION:
        reading.days = int(event.details["days"])
    # The system supervises what is late already: that moves nothing.
    if event.action is Action.SUPERVISE and event.by == "supervisor":
        reading.supervised_at = event.at


def _start(clocks: list[_Running], kind: ClockKind, event: Event, reading: _Reading) -> None:
    same = [clock for clock in clocks if clock.kind is kind]
    if any(clock.stopped_at is None for clock in same):
        return
    is_again = kind is ClockKind.RESOLVE and event.action is Action.REDISPATCH
    clock = _Running(kind, len(same) + 1, is_again, [(event.at, None)])
    _take_shortest(clock, [_Term(_allowance(clock, reading), event.at)], event.at, reading)
    clock.is_urgent = reading.matter.urgency is Urgency.EMERGENCY
    clocks.append(clock)


def _allowance(clock: _Running, reading: _Reading) -> Allowance:
    policy, matter = reading.policy, reading.matter
    return policy.allowance_again(matter) if clock.is_again else policy.allowance(clock.kind, matter)


def _read(clock: _Running, event: Event, reading: _Reading) -> None:
    """What one event does to a clock that runs or is paused."""
    is_contacted = clock.kind is ClockKind.CONTACT and event.action is Action.CONTACT
    if event.to_state not in RUNS_IN[clock.kind] or is_contacted:
        clock.stopped_at = event.at
        return
    if event.action in {Action.SET_URGENCY, Action.SUPERVISE}:
        _reckon_anew(clock, event, reading)
    if clock.kind is not ClockKind.RESOLVE:
        return
    if event.action is Action.GRANT_EXTENSION:
        clock.extensions.append((event.at, reading.days))
    if event.to_state is State.WAITING_RESIDENT and not clock.is_paused:
        clock.stretches[-1] = (clock.stretches[-1][0], event.at)
    elif event.from_state is State.WAITING_RESIDENT and event.to_state is not State.WAITING_RESIDENT:
        paused_at = clock.stretches[-1][1] or event.at
        # A timer that comes late never lengthens a pause.
        clock.stretches.append((min(event.at, paused_at + timedelta(minutes=reading.policy.pause_cap)), None))


def _reckon_anew(clock: _Running, event: Event, reading: _Reading) -> None:
    """What is left to a clock after its ticket's urgency was stated, or it was supervised.

    An emergency's time counts from when it was stated: nobody could keep a time that nobody knew of. What was due
    sooner stays due then, so that neither an emergency nor supervision ever makes a late ticket punctual. Any other
    urgency counts from the clock's own start.
    """
    terms = [clock.term]
    if event.action is Action.SET_URGENCY:
        allowance = _allowance(clock, reading)
        clock.is_urgent = reading.matter.urgency is Urgency.EMERGENCY
        terms = (
            [*terms, _Term(allowance, event.at)] if clock.is_urgent else [_Term(allowance, clock.started_at)]
        )
    _take_shortest(clock, terms, event.at, reading)


def _take_shortest(clock: _Running, terms: list[_Term], at: datetime, reading: _Reading) -> None:
    """The terms that end first; supervision is one of them, from then or from when the clock started."""
    cap = reading.policy.supervised
    if cap is not None and clock.kind is ClockKind.RESOLVE and reading.supervised_at is not None:
        terms.append(_Term(Allowance(cap, False), max(reading.supervised_at, clock.started_at)))

    # As if a pause ended now: what is left then is what every later pause leaves.
    open_end = [*clock.stretches, (at, None)] if clock.is_paused else clock.stretches
    clock.term = min(
        terms, key=lambda term: _spending(term, open_end, reading)(_seconds(clock, term, reading)) or FOREVER
    )


def _settle(clock: _Running, reading: _Reading) -> Clock:
    spent_at = _spending(clock.term, clock.stretches, reading)
    seconds = _seconds(clock, clock.term, reading)
    due_at = spent_at(seconds)
    is_working = not clock.term.allowance.is_day_and_night
    # While paused nobody can say when it is due; whether its year is known is asked of its start.
    is_known = not is_working or reading.calendar.knows(clock.started_at, due_at or clock.started_at)
    return Clock(
        kind=clock.kind,
        run=clock.run,
        started_at=clock.started_at,
        due_at=due_at,
        is_provisional=not is_known,
        stopped_at=clock.stopped_at,
        is_day_and_night=not is_working or clock.is_urgent,
        levels_at=tuple(spent_at(seconds * level // 100) for level in reading.policy.levels),
    )


def _seconds(clock: _Running, term: _Term, reading: _Reading) -> int:
    """All that a clock has under these terms, with the extensions that were granted since they hold."""
    day = DAY_AND_NIGHT if term.allowance.is_day_and_night else reading.policy.spans.seconds
    return term.allowance.minutes * 60 + sum(days * day for at, days in clock.extensions if at >= term.since)


def _spending(
    term: _Term, stretches: Sequence[Stretch], reading: _Reading
) -> Callable[[int], datetime | None]:
    """When so many of a clock's seconds are spent; None where a pause keeps that open."""
    elapsed, add = _units(term.allowance, reading)
    counted = [
        (max(start, term.since), None if end is None else elapsed(max(start, term.since), end))
        for start, end in stretches
        if end is None or end > term.since
    ]

    def spent_at(seconds: int) -> datetime | None:
        left = seconds
        for start, length in counted:
            if length is None or length >= left:
                return add(start, left)
            left -= length
        return None

    return spent_at


def _units(
    allowance: Allowance, reading: _Reading
) -> tuple[Callable[[datetime, datetime], int], Callable[[datetime, int], datetime]]:
    """How seconds are counted between instants and added to one: of work, or of day and night."""
    if allowance.is_day_and_night:
        return _elapsed, _add
    spans, calendar = reading.policy.spans, reading.calendar
    return (
        lambda start, end: calendar.elapsed(spans, start, end),
        lambda start, seconds: calendar.add(spans, start, seconds),
    )


def _elapsed(start: datetime, end: datetime) -> int:
    return int(end.timestamp()) - int(start.timestamp())


def _add(start: datetime, seconds: int) -> datetime:
    return start.replace(microsecond=0) + timedelta(seconds=seconds)
