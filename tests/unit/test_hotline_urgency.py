"""Time by kind, urgency and channel: the dossier's table, and what a statement of urgency does to clocks that run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.rules import TRANSITIONS, Action
from hotline.rules.catalogue import CATEGORIES
from hotline.rules.clocks import clocks_of
from hotline.rules.policies import ClockKind, Matter, told_of
from hotline.rules.urgency import Urgency
from services.clock import SHANGHAI
from tests.support.tickets import Walked, brought, third_policy
from tests.unit.test_hotline_clocks import CALENDAR, SPANS

POLICY = third_policy()
ORDINARY, EMERGENCY, COMPLEX = Urgency
DAY = 450
# Written out by hand from the dossier's section 2: (category, urgency, channel, clock) and minutes, day and night.
TABLE = [
    ("consult", ORDINARY, "web", "resolve", DAY, False),
    ("opinion", ORDINARY, "phone", "resolve", DAY, False),
    ("road", ORDINARY, "web", "resolve", 5 * DAY, False),
    ("noise", COMPLEX, "web", "resolve", 15 * DAY, False),
    ("consult", COMPLEX, "web", "resolve", 15 * DAY, False),
    ("water", ORDINARY, "web", "resolve", 24 * 60, True),
    ("water", EMERGENCY, "web", "resolve", 120, True),
    ("road", EMERGENCY, "email", "resolve", 120, True),
    ("road", EMERGENCY, "email", "accept", 15, True),
    ("road", EMERGENCY, "web", "sign", 15, True),
    ("road", EMERGENCY, "web", "contact", 30, True),
    ("road", ORDINARY, "web", "accept", 120, True),
    ("road", ORDINARY, "email", "accept", 24 * 60, True),
    ("road", ORDINARY, "web", "sign", DAY // 2, False),
    ("road", ORDINARY, "web", "contact", DAY, False),
]
STARTS = st.integers(0, 100 * 1440).map(
    lambda minutes: datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=minutes)
)
LATER = st.integers(0, 12 * 1440).map(lambda minutes: timedelta(minutes=minutes))


@pytest.mark.parametrize(("category", "urgency", "channel", "kind", "minutes", "is_day_and_night"), TABLE)
def test_time_of_a_clock_is_that_of_the_table(
    category, urgency, channel, kind, minutes, is_day_and_night
) -> None:
    matter = Matter(category=category, urgency=urgency, channel=channel)
    allowance = POLICY.allowance(ClockKind(kind), matter)
    assert (allowance.minutes, allowance.is_day_and_night) == (minutes, is_day_and_night)


def test_every_number_of_every_kind_names_its_source_and_secondary_ones_say_so() -> None:
    for category in CATEGORIES:
        for told in told_of(POLICY, category):
            assert told.allowance.source == "house rule" or "secondary" in told.allowance.source


def step(ticket, action, by, **details) -> None:
    unit = "WORKS-DA" if action in {Action.DISPATCH, Action.HAND_OVER} else None
    ticket.take(action, TRANSITIONS[ticket.facts.state, action], by=by, unit=unit, **details)


def state_urgency(ticket, urgency) -> None:
    arrow = TRANSITIONS[ticket.facts.state, Action.SET_URGENCY]
    (by,) = arrow.actors
    ticket.take(Action.SET_URGENCY, arrow, by=by, **brought(arrow, urgency=urgency.value))


def working(at, category="road", channel="web") -> Walked:
    ticket = Walked(at=at, filed={"category": category, "channel": channel})
    for action, by in (
        (Action.CLAIM, "operator"),
        (Action.DISPATCH, "operator"),
        (Action.SIGN, "officer"),
        (Action.START, "officer"),
    ):
        step(ticket, action, by)
    return ticket


def clock(ticket, kind=ClockKind.RESOLVE, policy=POLICY):
    return [one for one in clocks_of(ticket.events, policy, CALENDAR) if one.kind is kind][-1]


@given(STARTS, LATER)
@settings(max_examples=60, deadline=None)
def test_emergency_has_two_hours_from_when_it_was_stated_and_what_was_due_sooner_stays(start, later) -> None:
    ticket = working(start)
    before = clock(ticket).due_at
    ticket.wait(later)
    state_urgency(ticket, EMERGENCY)
    after = clock(ticket)
    assert after.due_at == min(before, ticket.at + timedelta(hours=2))
    assert after.is_day_and_night
    assert after.started_at == start


@given(STARTS, LATER)
@settings(max_examples=60, deadline=None)
def test_complex_counts_from_dispatch_and_back_to_ordinary_is_as_if_nothing_was_said(start, later) -> None:
    ticket = working(start)
    before = clock(ticket)
    ticket.wait(later)
    state_urgency(ticket, EMERGENCY)
    state_urgency(ticket, COMPLEX)
    assert clock(ticket).due_at == CALENDAR.add(SPANS, start, 15 * DAY * 60)
    state_urgency(ticket, ORDINARY)
    assert clock(ticket) == before


@given(STARTS, LATER, st.booleans())
@settings(max_examples=60, deadline=None)
def test_supervision_leaves_three_working_days_at_most_and_never_more_than_there_were(
    start, later, is_first_complex
) -> None:
    ticket = working(start)
    if is_first_complex:
        state_urgency(ticket, COMPLEX)
    before = clock(ticket).due_at
    ticket.wait(later)
    step(ticket, Action.SUPERVISE, "supervisor")
    assert clock(ticket).due_at == min(before, CALENDAR.add(SPANS, ticket.at, 3 * DAY * 60))


@given(STARTS, LATER, st.integers(1, 4000), st.sampled_from(Urgency))
@settings(max_examples=60, deadline=None)
def test_pause_moves_a_deadline_by_what_of_its_own_time_it_covers(start, later, length, urgency) -> None:
    """In working time or in day and night; supervision while paused is measured as if the pause ended."""
    ticket = working(start, category="water" if length % 2 else "road")
    if urgency is not ORDINARY:
        state_urgency(ticket, urgency)
    unpaused = clock(ticket).due_at
    ticket.wait(later)
    paused = ticket.at
    step(ticket, Action.ASK_RESIDENT, "officer")
    if paused < unpaused.replace(microsecond=0):
        assert clock(ticket).due_at is None
    ticket.wait(timedelta(minutes=length))
    step(ticket, Action.REPLY, "resident")
    resumed = clock(ticket)
    if paused >= unpaused:
        assert resumed.due_at == unpaused
    elif POLICY.allowance(ClockKind.RESOLVE, matter_of(ticket)).is_day_and_night:
        assert resumed.due_at - unpaused == timedelta(minutes=length)
    else:
        assert CALENDAR.elapsed(SPANS, unpaused, resumed.due_at) == CALENDAR.elapsed(SPANS, paused, ticket.at)


def matter_of(ticket) -> Matter:
    filed = ticket.events[0].details
    return Matter(category=filed["category"], channel=filed["channel"], urgency=ticket.facts.urgency)


def test_supervision_before_dispatch_holds_from_dispatch_and_the_systems_own_moves_nothing() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI).astimezone(UTC)
    ticket = Walked(at=at, filed={"category": "road", "channel": "web"})
    step(ticket, Action.SUPERVISE, "supervisor")
    ticket.wait(timedelta(days=1))
    step(ticket, Action.CLAIM, "operator")
    step(ticket, Action.DISPATCH, "operator")
    assert clock(ticket).due_at == CALENDAR.add(SPANS, ticket.at, 3 * DAY * 60)
    left = working(at)
    before = clock(left).due_at
    step(left, Action.SUPERVISE, "system")
    assert clock(left).due_at == before


def test_redone_ticket_has_three_working_days_or_its_own_shorter_time() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI).astimezone(UTC)
    for category, seconds in (("road", 3 * DAY * 60), ("consult", DAY * 60)):
        ticket = working(at, category=category)
        for action, by in (
            (Action.RESOLVE, "officer"),
            (Action.REOPEN, "resident"),
            (Action.REDISPATCH, "system"),
        ):
            step(ticket, action, by)
        assert clock(ticket).due_at == CALENDAR.add(SPANS, at, seconds)
    ticket = working(at, category="water")
    for action, by in (
        (Action.RESOLVE, "officer"),
        (Action.REOPEN, "resident"),
        (Action.REDISPATCH, "system"),
    ):
        step(ticket, action, by)
    assert clock(ticket).due_at == at + timedelta(hours=24)


def test_extension_adds_whole_days_to_a_clock_that_runs_day_and_night() -> None:
    ticket = working(datetime(2026, 11, 27, 1, tzinfo=UTC), category="water")
    step(ticket, Action.ASK_EXTENSION, "officer", days=2)
    step(ticket, Action.GRANT_EXTENSION, "supervisor")
    assert clock(ticket).due_at == ticket.at + timedelta(days=3)


def test_rules_of_before_know_no_urgency_and_their_tickets_keep_their_deadlines() -> None:
    earlier = replace(POLICY, version=2, rules=(), supervised=None)
    ticket = working(datetime(2026, 11, 26, 1, tzinfo=UTC))
    before = clocks_of(ticket.events, earlier, CALENDAR)
    ticket.wait(timedelta(hours=1))
    for urgency in (EMERGENCY, COMPLEX):
        state_urgency(ticket, urgency)
        after = clocks_of(ticket.events, earlier, CALENDAR)
        assert [one.due_at for one in after] == [one.due_at for one in before]
