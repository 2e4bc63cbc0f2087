"""Deadlines: a minute-by-minute reference, the published years, pauses, extensions, provisional years."""

import os
from array import array
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest

from hotline.rules import TRANSITIONS, Action
from hotline.rules.calendar import DayKind, Spans, WorkCalendar
from hotline.rules.clocks import clocks_of
from hotline.rules.policies import ClockKind, Policy
from services.clock import SHANGHAI
from tests.support.tickets import Walked, revision

CASES = int(os.environ.get("CITIZEN_DEADLINE_CASES", "100000"))
SPANS = Spans(((540, 720), (810, 1080)))
# Civil time, as on a wall in Shanghai.
MIDNIGHT = datetime(2024, 1, 1)  # noqa: DTZ001
ORDINARY = {2024: 251, 2025: 248, 2026: 248}


def published() -> dict[date, DayKind]:
    days = {}
    for year, (off, worked) in revision("hotline_keep_clocks").YEARS.items():
        for kind, named in ((DayKind.HOLIDAY, off), (DayKind.MAKEUP, worked)):
            days |= {date.fromisoformat(f"{year}-{day}"): kind for day in named.split()}
    return days


CALENDAR = WorkCalendar(frozenset({2024, 2025, 2026}), published())
POLICY = Policy(
    version=1,
    spans=SPANS,
    minutes={
        ClockKind(kind): minutes
        for kind, minutes in revision("hotline_keep_clocks").POLICY["minutes"].items()
    },
    calendar=frozenset({ClockKind.ACCEPT}),
    redo=revision("hotline_keep_clocks").POLICY["redo"],
    pause_cap=revision("hotline_keep_clocks").POLICY["pause_cap"],
)


class Reference:
    """Walks every minute of five years, once, and writes down which were worked. Slow and plain."""

    first = MIDNIGHT

    def __init__(self, days) -> None:
        self.worked = array("l")
        at, minute = self.first, 0
        while at.year < 2029:
            kind = days.get(at.date())
            is_worked = kind is DayKind.MAKEUP or (kind is None and at.weekday() < 5)
            if is_worked and (time(9) <= at.time() < time(12) or time(13, 30) <= at.time() < time(18)):
                self.worked.append(minute)
            at += timedelta(minutes=1)
            minute += 1

    def due(self, stretches, minutes):
        """The end of the minute in which the last working minute is spent."""
        left = minutes
        for start, end in stretches:
            begin = bisect_left(self.worked, self.minute(start))
            stop = len(self.worked) if end is None else bisect_left(self.worked, self.minute(end))
            if stop - begin >= left:
                return self.first + timedelta(minutes=self.worked[begin + left - 1] + 1)
            left -= stop - begin
        return None

    def minute(self, at):
        return int((at - self.first).total_seconds()) // 60


@pytest.fixture(scope="module")
def reference():
    return Reference(published())


def test_published_years_have_as_many_workdays_as_were_announced() -> None:
    for year, expected in ORDINARY.items():
        days = range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
        assert sum(CALENDAR.is_workday(day) for day in days) == expected
        assert CALENDAR.workdays_before(days.stop) - CALENDAR.workdays_before(days.start) == expected


@pytest.mark.parametrize("library", ["chinese_calendar", "holidays"])
def test_published_years_agree_day_by_day_with(library) -> None:
    module = pytest.importorskip(library)
    china = module.country_holidays("CN") if library == "holidays" else None
    for ordinal in range(date(2024, 1, 1).toordinal(), date(2027, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        told = china.is_working_day(day) if china is not None else module.is_workday(day)
        assert CALENDAR.is_workday(ordinal) == told, day


def test_nth_workday_is_the_inverse_of_counting() -> None:
    for ordinal in range(date(2023, 12, 1).toordinal(), date(2028, 2, 1).toordinal()):
        if CALENDAR.is_workday(ordinal):
            assert CALENDAR.nth_workday(CALENDAR.workdays_before(ordinal)) == ordinal


def test_deadlines_of_random_cases_are_those_of_the_reference(reference) -> None:
    """CITIZEN_DEADLINE_CASES=1000000 for the long run."""
    source, different = Random(20261126), 0
    for _ in range(CASES):
        start = MIDNIGHT + timedelta(minutes=source.randrange(3 * 365 * 1440))
        minutes = source.randrange(1, 15 * 450)
        due = CALENDAR.add(SPANS, start.replace(tzinfo=SHANGHAI), minutes * 60)
        different += due.replace(tzinfo=None) != reference.due([(start, None)], minutes)
    assert different == 0


def test_tickets_with_pauses_and_extensions_are_those_of_the_reference(reference) -> None:
    source = Random(12345)
    for _ in range(CASES // 50):
        ticket, stretches, minutes = dispatched(source)
        opened = stretches[0][0]
        for _ in range(source.randrange(3)):
            ticket.wait(timedelta(minutes=source.randrange(4 * 1440)))
            paused = local(ticket)
            step(ticket, Action.ASK_RESIDENT, "officer")
            ticket.wait(timedelta(minutes=source.randrange(5 * 1440)))
            step(ticket, Action.REPLY, "resident")
            stretches[-1] = (stretches[-1][0], paused)
            stretches.append((min(local(ticket), paused + timedelta(hours=72)), None))
        if source.random() < 0.3:
            days = source.randrange(1, 16)
            step(ticket, Action.ASK_EXTENSION, "officer", days=days)
            step(ticket, Action.GRANT_EXTENSION, "supervisor")
            minutes += days * 450
        (clock,) = (
            one for one in clocks_of(ticket.events, POLICY, CALENDAR) if one.kind is ClockKind.RESOLVE
        )
        assert clock.due_at.replace(tzinfo=None) == reference.due(stretches, minutes)
        assert clock.started_at == opened.replace(tzinfo=SHANGHAI)


def local(ticket) -> datetime:
    return ticket.at.astimezone(SHANGHAI).replace(tzinfo=None)


def step(ticket, action, by, **details) -> None:
    unit = "WORKS-DA" if action is Action.DISPATCH else None
    ticket.take(action, TRANSITIONS[ticket.facts.state, action], by=by, unit=unit, **details)


def dispatched(source):
    at = datetime(2024, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=source.randrange(1000 * 1440))
    ticket = Walked(at=at.astimezone(UTC))
    step(ticket, Action.CLAIM, "operator")
    step(ticket, Action.DISPATCH, "operator")
    opened = local(ticket)
    step(ticket, Action.SIGN, "officer")
    step(ticket, Action.START, "officer")
    return ticket, [(opened, None)], 2250


def working(*steps, at=datetime(2026, 11, 26, 1, tzinfo=UTC)):
    ticket = Walked(at=at)
    for action, by in (
        (Action.CLAIM, "operator"),
        (Action.DISPATCH, "operator"),
        (Action.SIGN, "officer"),
        (Action.START, "officer"),
        *steps,
    ):
        step(ticket, action, by)
    return ticket


def clock(ticket, kind, calendar=CALENDAR):
    return [one for one in clocks_of(ticket.events, POLICY, calendar) if one.kind is kind][-1]


def test_makeup_saturday_is_worked_and_the_festival_is_not() -> None:
    friday = datetime(2026, 2, 13, 16, tzinfo=SHANGHAI)
    assert CALENDAR.add(SPANS, friday, 4 * 3600) == datetime(2026, 2, 14, 11, tzinfo=SHANGHAI)
    saturday = datetime(2026, 2, 14, 17, 30, tzinfo=SHANGHAI)
    assert CALENDAR.add(SPANS, saturday, 3600) == datetime(2026, 2, 24, 9, 30, tzinfo=SHANGHAI)


def test_seconds_are_kept_and_a_whole_day_ends_at_its_end() -> None:
    start = datetime(2026, 11, 26, 9, 0, 7, tzinfo=SHANGHAI)
    assert CALENDAR.add(SPANS, start, 60) == datetime(2026, 11, 26, 9, 1, 7, tzinfo=SHANGHAI)
    monday = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
    assert CALENDAR.add(SPANS, monday, 450 * 60) == datetime(2026, 11, 23, 18, tzinfo=SHANGHAI)
    assert CALENDAR.add(SPANS, monday, 0) == monday


def test_december_ticket_due_in_an_unpublished_year_is_provisional_and_never_an_error() -> None:
    ticket = working(at=datetime(2026, 12, 29, 1, tzinfo=UTC))
    assert clock(ticket, ClockKind.RESOLVE).is_provisional
    days = published() | {date(2027, 1, 1): DayKind.HOLIDAY}
    known = WorkCalendar(frozenset({2024, 2025, 2026, 2027}), days)
    after = clock(ticket, ClockKind.RESOLVE, known)
    assert not after.is_provisional
    assert after.due_at > clock(ticket, ClockKind.RESOLVE).due_at
    assert not clock(working(), ClockKind.RESOLVE).is_provisional


def test_paused_clock_has_no_deadline_and_the_answer_clock_runs_day_and_night() -> None:
    ticket = working((Action.ASK_RESIDENT, "officer"))
    assert clock(ticket, ClockKind.RESOLVE).due_at is None
    accept = clock(ticket, ClockKind.ACCEPT)
    assert accept.due_at == ticket.events[0].at + timedelta(hours=2)


def test_objection_stops_neither_sign_nor_resolve_and_a_reopened_ticket_gets_no_fresh_full_clock() -> None:
    ticket = Walked()
    for action, by in ((Action.CLAIM, "operator"), (Action.DISPATCH, "operator"), (Action.OBJECT, "officer")):
        step(ticket, action, by)
    for kind in (ClockKind.SIGN, ClockKind.RESOLVE):
        assert clock(ticket, kind).stopped_at is None
        assert clock(ticket, kind).started_at == ticket.events[2].at
    redone = working((Action.RESOLVE, "officer"), (Action.REOPEN, "resident"), (Action.REDISPATCH, "system"))
    first, second = (
        one for one in clocks_of(redone.events, POLICY, CALENDAR) if one.kind is ClockKind.RESOLVE
    )
    assert first.stopped_at is not None
    assert second.due_at == CALENDAR.add(SPANS, redone.at, 1350 * 60)


def test_every_clock_of_a_closed_ticket_has_stopped() -> None:
    ticket = working((Action.RESOLVE, "officer"), (Action.CLOSE, "resident"))
    assert all(one.stopped_at is not None for one in clocks_of(ticket.events, POLICY, CALENDAR))
