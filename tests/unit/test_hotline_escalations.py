"""The escalation ladder: the instants of its levels follow from the history as the deadline does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.rules import TRANSITIONS, Action
from hotline.rules.calendar import Spans, WorkCalendar
from hotline.rules.clocks import clocks_of
from hotline.rules.policies import ClockKind, Policy
from services.clock import SHANGHAI
from tests.support.tickets import Walked

SPANS = Spans(((540, 720), (810, 1080)))
CALENDAR = WorkCalendar(frozenset({2026}), {})
POLICY = Policy(
    version=2,
    spans=SPANS,
    minutes=dict(zip(ClockKind, (120, 225, 450, 2250, 1350), strict=True)),
    calendar=frozenset({ClockKind.ACCEPT}),
    redo=1350,
    pause_cap=4320,
    levels=(50, 80, 100, 150),
)
STARTS = st.integers(0, 200 * 1440).map(
    lambda minutes: datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=minutes)
)


def step(ticket, action, by, **details) -> None:
    unit = "WORKS-DA" if action is Action.DISPATCH else None
    ticket.take(action, TRANSITIONS[ticket.facts.state, action], by=by, unit=unit, **details)


def working(at) -> Walked:
    ticket = Walked(at=at)
    for action, by in (
        (Action.CLAIM, "operator"),
        (Action.DISPATCH, "operator"),
        (Action.SIGN, "officer"),
        (Action.START, "officer"),
    ):
        step(ticket, action, by)
    return ticket


def resolve(ticket, policy=POLICY):
    return next(one for one in clocks_of(ticket.events, policy, CALENDAR) if one.kind is ClockKind.RESOLVE)


@given(STARTS)
@settings(max_examples=60, deadline=None)
def test_levels_rise_the_hundredth_is_the_deadline_and_each_is_its_share_of_the_work(start) -> None:
    clock = resolve(working(start))
    assert list(clock.levels_at) == sorted(clock.levels_at)
    assert clock.levels_at[2] == clock.due_at
    for percent, at in zip(POLICY.levels, clock.levels_at, strict=True):
        assert CALENDAR.elapsed(SPANS, clock.started_at, at) == 2250 * 60 * percent // 100


@given(STARTS, st.integers(1, 2880), st.integers(1, 4000))
@settings(max_examples=60, deadline=None)
def test_pause_moves_the_levels_that_have_not_come_by_the_work_it_covers_and_no_other(
    start, before, length
) -> None:
    ticket = working(start)
    unpaused = resolve(ticket)
    ticket.wait(timedelta(minutes=before))
    paused = ticket.at
    step(ticket, Action.ASK_RESIDENT, "officer")
    for was, at in zip(unpaused.levels_at, resolve(ticket).levels_at, strict=True):
        spent = CALENDAR.elapsed(SPANS, start, paused)
        assert at == (was if spent >= CALENDAR.elapsed(SPANS, start, was) else None)
    ticket.wait(timedelta(minutes=length))
    step(ticket, Action.REPLY, "resident")
    covered = CALENDAR.elapsed(SPANS, paused, ticket.at)
    for was, at in zip(unpaused.levels_at, resolve(ticket).levels_at, strict=True):
        assert at == was or CALENDAR.elapsed(SPANS, was, at) == covered


@given(STARTS, st.integers(1, 15))
@settings(max_examples=40, deadline=None)
def test_granted_extension_moves_every_level_and_an_asked_one_none(start, days) -> None:
    ticket = working(start)
    before = resolve(ticket)
    step(ticket, Action.ASK_EXTENSION, "officer", days=days)
    assert resolve(ticket).levels_at == before.levels_at
    step(ticket, Action.GRANT_EXTENSION, "supervisor")
    after = resolve(ticket)
    assert all(was < now for was, now in zip(before.levels_at, after.levels_at, strict=True))
    assert after.levels_at[2] == after.due_at


def test_clock_of_rules_without_levels_has_none_and_a_day_and_night_one_counts_the_night() -> None:
    ticket = Walked(at=datetime(2026, 11, 26, 15, tzinfo=UTC))
    (accept,) = clocks_of(ticket.events, POLICY, CALENDAR)
    assert accept.is_day_and_night
    assert [at - ticket.at for at in accept.levels_at] == [timedelta(minutes=m) for m in (60, 96, 120, 180)]
    assert resolve(working(ticket.at), replace(POLICY, levels=())).levels_at == ()


def test_last_second_of_a_span_is_no_duty() -> None:
    monday = datetime(2026, 11, 23, tzinfo=SHANGHAI)
    on = [monday + timedelta(minutes=m) for m in (540, 719, 810, 1079)]
    off = [monday + timedelta(minutes=m) for m in (539, 720, 809, 1080, 540 - 1440)]
    assert all(CALENDAR.is_worked(SPANS, at) for at in on)
    assert not any(CALENDAR.is_worked(SPANS, at) for at in off)
