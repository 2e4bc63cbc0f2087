"""A ticket's clocks: what its events, the policy frozen on it and the calendar make of deadlines. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hotline.rules.calendar import Spans, WorkCalendar
from hotline.rules.history import Event
from hotline.rules.states import Action, State
from services.words import msgid


class ClockKind(StrEnum):
    """What is waited for."""

    ACCEPT = "accept"
    SIGN = "sign"
    CONTACT = "contact"
    RESOLVE = "resolve"
    CALL_BACK = "call_back"


CLOCK_TITLES: Mapping[ClockKind, str] = {
    ClockKind.ACCEPT: msgid("受理"),
    ClockKind.SIGN: msgid("签收"),
    ClockKind.CONTACT: msgid("联系市民"),
    ClockKind.RESOLVE: msgid("办结"),
    ClockKind.CALL_BACK: msgid("回访"),
}

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules of time. Minutes; `calendar` names the clocks that run day and night.

    `redo` is what a reopened ticket gets instead of a fresh full clock; `pause_cap` ends a pause that nobody ends.
    `levels` are the rungs of the escalation ladder, in per cent of a clock's time.
    """

    version: int
    spans: Spans
    minutes: Mapping[ClockKind, int]
    calendar: frozenset[ClockKind]
    redo: int
    pause_cap: int
    levels: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock as it stands. `due_at` is None while it is paused; `run` counts the clocks of its kind.

    `levels_at` are the instants of the policy's levels, None for those that a pause holds up.
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


@dataclass(slots=True)
class _Running:
    """A clock while the events are read: the stretches in which it ran; the last may be open."""

    kind: ClockKind
    run: int
    seconds: int
    stretches: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    stopped_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        return self.stretches[-1][1] is not None


def clocks_of(events: Iterable[Event], policy: Policy, calendar: WorkCalendar) -> tuple[Clock, ...]:
    """All clocks of a ticket, stopped ones too: a pure function of its events, its policy and the calendar."""
    clocks: list[_Running] = []
    days, set_aside = 0, list[_Running]()
    for event in events:
        if event.action is Action.MERGE:
            set_aside = [clock for clock in clocks if clock.stopped_at is None]
        if event.action is Action.UNMERGE:
            # A merge that was undone never stopped anything: its clocks run as if it had not been.
            for clock in set_aside:
                clock.stopped_at = None
        days = int(event.details.get("days", days)) if event.action is Action.ASK_EXTENSION else days
        for clock in clocks:
            if clock.stopped_at is None:
                _read(clock, event, policy, days)
        for kind, actions in STARTS.items():
            if event.action in actions and event.to_state in RUNS_IN[kind]:
                _start(clocks, kind, event, policy)
    return tuple(_settle(clock, policy, calendar) for clock in clocks)


def _start(clocks: list[_Running], kind: ClockKind, event: Event, policy: Policy) -> None:
    same = [clock for clock in clocks if clock.kind is kind]
    if any(clock.stopped_at is None for clock in same):
        return
    is_redone = kind is ClockKind.RESOLVE and event.action is Action.REDISPATCH
    minutes = policy.redo if is_redone else policy.minutes[kind]
    clocks.append(_Running(kind, len(same) + 1, minutes * 60, [(event.at, None)]))


def _read(clock: _Running, event: Event, policy: Policy, days: int) -> None:
    """What one event does to a clock that runs or is paused."""
    is_contacted = clock.kind is ClockKind.CONTACT and event.action is Action.CONTACT
    if event.to_state not in RUNS_IN[clock.kind] or is_contacted:
        clock.stopped_at = event.at
        return
    if clock.kind is not ClockKind.RESOLVE:
        return
    if event.action is Action.GRANT_EXTENSION:
        clock.seconds += days * policy.spans.seconds
    if event.to_state is State.WAITING_RESIDENT and not clock.is_paused:
        clock.stretches[-1] = (clock.stretches[-1][0], event.at)
    elif event.from_state is State.WAITING_RESIDENT and event.to_state is not State.WAITING_RESIDENT:
        paused_at = clock.stretches[-1][1] or event.at
        # A timer that comes late never lengthens a pause.
        clock.stretches.append((min(event.at, paused_at + timedelta(minutes=policy.pause_cap)), None))


def _settle(clock: _Running, policy: Policy, calendar: WorkCalendar) -> Clock:
    is_working = clock.kind not in policy.calendar
    started_at = clock.stretches[0][0]
    spent_at = _spent_by_work(clock, policy, calendar) if is_working else _spent_by_the_clock(clock)
    due_at = spent_at(clock.seconds)
    # While paused nobody can say when it is due; whether its year is known is asked of its start.
    is_known = not is_working or calendar.knows(started_at, due_at or started_at)
    return Clock(
        kind=clock.kind,
        run=clock.run,
        started_at=started_at,
        due_at=due_at,
        is_provisional=not is_known,
        stopped_at=clock.stopped_at,
        is_day_and_night=not is_working,
        levels_at=tuple(spent_at(clock.seconds * level // 100) for level in policy.levels),
    )


def _spent_by_work(
    clock: _Running, policy: Policy, calendar: WorkCalendar
) -> Callable[[int], datetime | None]:
    """When so many of a clock's working seconds are spent; None where a pause keeps that open."""
    worked = [
        (start, None if end is None else calendar.elapsed(policy.spans, start, end))
        for start, end in clock.stretches
    ]

    def spent_at(seconds: int) -> datetime | None:
        left = seconds
        for start, length in worked:
            if length is None or length >= left:
                return calendar.add(policy.spans, start, left)
            left -= length
        return None

    return spent_at


def _spent_by_the_clock(clock: _Running) -> Callable[[int], datetime | None]:
    """The same for a clock that runs day and night and is never paused."""
    start = clock.stretches[0][0].replace(microsecond=0)
    return lambda seconds: start + timedelta(seconds=seconds)
