"""Keeps tickets' clocks: at every step, when a year is published, and checked against themselves every night."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hotline import store
from hotline.actions.events import event_of
from hotline.actions.sweeps import one_of_many
from hotline.rules import Event, fold
from hotline.rules.calendar import DayKind, WorkCalendar
from hotline.rules.clocks import Clock, clocks_of
from hotline.rules.policies import ClockKind, Policy
from hotline.rules.publications import check_categories, check_days, policy_in
from services import audit
from services.actor import Actor
from services.database.session import Session

FIRST = 1
_calendars: dict[int, WorkCalendar] = {}
_policies: dict[int, Policy] = {}


def clocks_now(session: Session, events: Sequence[Event]) -> tuple[Clock, ...]:
    """The clocks that a history amounts to, under the policy it was filed with and the calendar it last named."""
    named = [int(event.details["calendar"]) for event in events if "calendar" in event.details]
    return clocks_of(events, policy_of(session, events), _calendar(session, named[-1] if named else FIRST))


def policy_of(session: Session, events: Sequence[Event]) -> Policy:
    """The rules of time that a ticket was filed under."""
    return policy_in_version(session, version_of(events))


def version_of(events: Sequence[Event]) -> int:
    """The version of the rules of time that a ticket was filed under."""
    return int(events[0].details.get("policy", FIRST))


def is_duty(session: Session) -> bool:
    """Whether now is working time, by the newest rules and the newest calendar."""
    spans = policy_in_version(session, store.newest_policy(session)).spans
    return _calendar(session, store.newest_calendar(session)).is_worked(spans, session.at)


def working_days_from(session: Session, at: datetime, days: int) -> datetime:
    """The instant after so many working days, by the newest rules and the newest calendar."""
    spans = policy_in_version(session, store.newest_policy(session)).spans
    return _calendar(session, store.newest_calendar(session)).add(spans, at, days * spans.seconds)


def keep_clocks(session: Session, ticket: Any, events: Sequence[Event]) -> tuple[Clock, ...]:
    """Store what the newest event changed of a ticket's clocks."""
    before = set(clocks_now(session, events[:-1])) if len(events) > 1 else set()
    now = clocks_now(session, events)
    changed = [clock for clock in now if clock not in before]
    if changed:
        _put(session, ticket, events, changed)
    return now


def expected_at(clocks: Sequence[Clock]) -> datetime | None:
    """When a ticket is to be done, as far as a clock says."""
    running = [one.due_at for one in clocks if one.kind is ClockKind.RESOLVE and one.stopped_at is None]
    return running[-1] if running else None


def publish_year(
    session: Session, actor: Actor, *, year: int, source: str, days: Mapping[date, DayKind]
) -> int:
    """Publish which days of a year depart from the week; the version that now holds.

    Access: the worker. Effects: a version of the calendar, audit hotline.calendar.published.
    Raises: Invalid 422 for a day of another year, or one that says what its weekday says already.
    """
    check_days(year, days)
    version = store.newest_calendar(session) + 1
    store.add_calendar_year(session, version, year, source, {day: kind.value for day, kind in days.items()})
    audit.append(session, actor, "hotline.calendar.published", details={"version": version, "year": year})
    return version


def find_year(session: Session, *, year: int, days: Mapping[date, DayKind]) -> int | None:
    """The version under which a year holds with exactly these days, or None. Access: everybody."""
    years, rows = store.read_calendar(session, store.newest_calendar(session))
    version = max((row.version for row in years if row.year == year), default=None)
    kept = {row.day: row.kind for row in rows if row.version == version and row.day.year == year}
    return (
        version if version is not None and kept == {day: kind.value for day, kind in days.items()} else None
    )


def publish_policy(session: Session, actor: Actor, *, content: Mapping[str, Any]) -> tuple[int, bool]:
    """Publish a version of the rules of time: (version that now holds, whether it is new).

    Access: the worker. Effects: a version for tickets filed from now on, audit hotline.policy.published; all others
        keep theirs. What holds already is not published again.
    Raises: Invalid 422 naming the field that is wrong.
    """
    newest = store.newest_policy(session)
    check_categories(policy_in(newest + 1, content))
    if store.read_policy(session, newest) == content:
        return newest, False
    store.add_policy(session, newest + 1, content)
    audit.append(session, actor, "hotline.policy.published", details={"version": newest + 1})
    return newest + 1, True


def check_clocks(session: Session, actor: Actor, *, at_once: int = 500) -> int:
    """Compare the stored clocks of every open ticket with what its events amount to; how many tickets differed.

    Effects: what differed is put right; audit hotline.clocks.checked with both counts and how many tickets have a
        history that does not add up, each with an alarm in the log.
    """
    found, checked, drifted, after = 0, 0, 0, None
    while rows := store.list_open_after(session, after, limit=at_once):
        stored: dict[UUID, set[Clock]] = {}
        for row in store.list_clocks(session, [row.id for row in rows]):
            stored.setdefault(row.ticket_id, set()).add(clock_of(row))
        for ticket in rows:
            with one_of_many(session, ticket.id, sweep="check_clocks"):
                drifted += _put_right(session, ticket, stored.get(ticket.id, set()))
                checked += 1
            found += 1
        after = rows[-1].id
    told: dict[str, str | int] = {"checked": checked, "drifted": drifted, "broken": found - checked}
    audit.append(session, actor, "hotline.clocks.checked", details=told)
    return drifted


def clock_of(row: Any) -> Clock:
    """A stored clock."""
    return Clock(
        kind=ClockKind(row.kind),
        run=row.run,
        started_at=row.started_at,
        due_at=row.due_at,
        is_provisional=row.is_provisional,
        stopped_at=row.stopped_at,
        is_day_and_night=row.is_day_and_night,
        levels_at=tuple(row.levels_at),
        level=row.level,
    )


def forget_versions() -> None:
    """Read calendars and policies anew: for tests, whose versions vanish."""
    _calendars.clear()
    _policies.clear()


def _put_right(session: Session, ticket: Any, stored: set[Clock]) -> bool:
    rows = store.list_events(session, ticket.id, ticket.subject_id)
    events = [event_of(row) for row in rows if row.sequence <= ticket.version]
    # A history that does not add up makes no clocks right.
    fold(events)
    now = clocks_now(session, events)
    if set(now) == stored:
        return False
    _put(session, ticket, events, now)
    return True


def _put(session: Session, ticket: Any, events: Sequence[Event], clocks: Sequence[Clock]) -> None:
    levels = policy_of(session, events).levels
    store.put_clocks(session, [row_of(ticket, clock, levels, session.at) for clock in clocks])


def row_of(ticket: Any, clock: Clock, levels: Sequence[int], at: datetime) -> dict[str, Any]:
    """A clock as it is stored, with the levels that are behind it now; the store counts those that were told."""
    reached = sum(one is not None and one <= at for one in clock.levels_at)
    return {
        "ticket_id": ticket.id,
        "kind": clock.kind.value,
        "run": clock.run,
        "subject_id": ticket.subject_id,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "is_provisional": clock.is_provisional,
        "stopped_at": clock.stopped_at,
        "is_day_and_night": clock.is_day_and_night,
        "levels_at": list(clock.levels_at),
        "reached": reached,
        "level": levels[reached - 1] if reached else 0,
    }


def policy_in_version(session: Session, version: int) -> Policy:
    """One version of the rules of time; it is never changed, so a process reads it once."""
    if version not in _policies:
        _policies[version] = policy_in(version, store.read_policy(session, version))
    return _policies[version]


def _calendar(session: Session, version: int) -> WorkCalendar:
    """A version is never changed, so a process reads it once."""
    if version not in _calendars:
        years, days = store.read_calendar(session, version)
        newest: dict[int, int] = {}
        for row in years:
            newest[row.year] = max(row.version, newest.get(row.year, 0))
        kinds = {row.day: DayKind(row.kind) for row in days if newest.get(row.day.year) == row.version}
        _calendars[version] = WorkCalendar(frozenset(newest), kinds)
    return _calendars[version]
