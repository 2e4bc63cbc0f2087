"""A ticket's history: every state, action and actor; the fold; the chain; a machine driven at random."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hotline.rules import OPEN_STATES, TIMERS, TRANSITIONS, Action, Need, State, broken_link, find_arrow, fold
from hotline.rules.history import HistoryBroken, content_of, passes
from hotline.rules.machine import next_of_itself
from hotline.rules.units import UNITS
from hotline.rules.urgency import Urgency
from tests.support.tickets import ACCOUNTS, NUMBER, Walked, brought

KINDS = (
    "resident",
    "operator",
    "officer",
    "supervisor",
    "system",
    "co_officer",
    "practitioner",
    "biller",
    "admin",
)
HELPED = {State.DISPATCHED, State.SIGNED, State.WORKING, State.WAITING_RESIDENT}
# Few enough that asking, appointing and finishing meet.
HELPERS = ("GREEN-XP", "HOUSING-NY", "WORKS-DA")
# Who may do what from where, written out by hand from the dossier; the table is held against it.
ALLOWED = {
    "received": "claim:operator supervise:supervisor recalculate:system",
    "triage": "renew:operator release:operator expire:system answer:operator decline:operator "
    "transfer:operator dispatch:operator set_urgency:operator merge:operator supervise:supervisor recalculate:system",
    "answered": "dispute:resident rate:resident rate:operator reopen:supervisor recheck:supervisor",
    "declined": "dispute:resident",
    "transferred": "",
    "dispatched": "sign:officer object:officer supervise:supervisor recalculate:system",
    "objection": "uphold:operator overrule:operator escalate:system supervise:supervisor recalculate:system",
    "adjudication": "appoint:supervisor backstop:system supervise:supervisor recalculate:system",
    "signed": "contact:officer start:officer supervise:supervisor recalculate:system",
    "working": "ask_resident:officer ask_extension:officer grant_extension:supervisor "
    "refuse_extension:supervisor hand_over:officer resolve:officer supervise:supervisor recalculate:system",
    "waiting_resident": "reply:resident resume:system supervise:supervisor recalculate:system",
    "resolved": "call_missed:operator close:resident close:operator close_unverified:operator "
    "reopen:resident reopen:operator supervise:supervisor recalculate:system",
    "reopened": "redispatch:system sign:officer",
    "merged": "unmerge:supervisor supplement:resident",
    "closed": "dispute:resident rate:resident rate:operator reopen:supervisor recheck:supervisor",
}


@pytest.mark.parametrize("state", State)
def test_every_action_by_every_actor_is_allowed_exactly_where_it_should_be(state) -> None:
    allowed = {tuple(pair.split(":")) for pair in ALLOWED[state].split()}
    found = {
        (action.value, kind)
        for action in Action
        for kind in KINDS
        if find_arrow(state, action, frozenset({kind})) is not None
    }
    # Whatever became of a ticket, the desk may publish something of it, and its reporter may add to an open one;
    # pictures come from whoever has to do with it.
    allowed |= {("publish", "operator"), ("publish", "supervisor")}
    allowed.add(("separate", "supervisor"))
    if state in OPEN_STATES - {State.REOPENED}:
        # The system supervises what has run half as long again as it may.
        allowed |= {("absorb", "operator"), ("supervise", "system")}
    if state in OPEN_STATES - {State.WAITING_RESIDENT, State.REOPENED}:
        allowed.add(("supplement", "resident"))
    if state in OPEN_STATES - {State.REOPENED}:
        allowed |= {("attach", "resident"), ("attach", "operator"), ("attach", "officer")}
        allowed.add(("attach", "co_officer"))
    # While a department has it, others help: it asks, a supervisor decides, whoever helps writes and finishes.
    if state in HELPED:
        allowed |= {(f"{what}_co_units", "supervisor") for what in ("appoint", "refuse", "excuse")}
        allowed |= {("contribute", "officer"), ("contribute", "co_officer"), ("finish_part", "co_officer")}
    if state in HELPED - {State.DISPATCHED}:
        allowed.add(("ask_co_units", "officer"))
    # After triage whoever supervises says how urgent it is.
    if state in OPEN_STATES - {State.TRIAGE, State.REOPENED}:
        allowed.add(("set_urgency", "supervisor"))
    # Whoever works on it tells the reporter how it stands, from the first claim on.
    if state in OPEN_STATES - {State.RECEIVED, State.REOPENED}:
        allowed |= {("inform", "operator"), ("inform", "officer")}
    assert found == allowed


def test_every_open_state_has_one_kind_of_owner() -> None:
    queue, desk = {State.RECEIVED}, {State.TRIAGE, State.OBJECTION, State.ADJUDICATION}
    assert OPEN_STATES - queue - desk == {
        State.DISPATCHED, State.SIGNED, State.WORKING, State.WAITING_RESIDENT, State.RESOLVED, State.REOPENED,
    }  # fmt: skip


def test_every_state_that_waits_for_somebody_else_has_a_timer() -> None:
    assert set(TIMERS) == {State.TRIAGE, State.OBJECTION, State.ADJUDICATION, State.WAITING_RESIDENT}
    for state, (action, _) in TIMERS.items():
        assert find_arrow(state, action, frozenset({"system"})) is not None


def walked(*steps: tuple[Action, str]) -> Walked:
    ticket = Walked()
    for action, by in steps:
        ticket.take(action, TRANSITIONS[ticket.facts.state, action], by=by, unit="WORKS-DA")
    return ticket


DISPATCHED = ((Action.CLAIM, "operator"), (Action.DISPATCH, "operator"))


def test_fold_of_a_history_with_a_gap_or_a_wrong_step_is_refused() -> None:
    events = walked(*DISPATCHED).events
    for wrong in (
        events[:1] + events[2:],
        events[1:],
        [],
        [events[0], replace(events[1], to_state=State.CLOSED), events[2]],
        [events[0], replace(events[1], by="resident"), events[2]],
        [events[0], replace(events[1], action=Action.SIGN)],
    ):
        with pytest.raises(HistoryBroken):
            fold(wrong)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "change",
    [
        lambda event: replace(event, at=event.at + timedelta(microseconds=1)),
        lambda event: replace(event, unit="GREEN-XP"),
        lambda event: replace(event, actor="somebody else"),
        lambda event: replace(event, note_digest=b"\0" * 32),
        lambda event: replace(event, details={"days": 3}),
        lambda event: replace(event, by="officer"),
        lambda event: replace(event, digest=None),
    ],
)
def test_chain_names_the_event_that_was_altered(place, change) -> None:
    events = walked(*DISPATCHED).events
    assert broken_link(NUMBER, events) is None
    altered = [change(event) if number == place else event for number, event in enumerate(events)]
    # An event without a digest at the very start counts as older than the chain; the next then does not fit.
    assert broken_link(NUMBER, altered) in {place + 1, place + 2}


def test_chain_of_another_ticket_or_with_an_event_left_out_does_not_fit() -> None:
    events = walked(*DISPATCHED).events
    assert broken_link("261126000002", events) == 1
    assert broken_link(NUMBER, events[:1] + events[2:]) == 2


def test_chain_can_be_computed_from_its_published_content_alone() -> None:
    events, previous = walked(*DISPATCHED).events, None
    for event in events:
        content = content_of(NUMBER, event, previous)
        said = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(said.encode()).digest() == event.digest
        previous = event.digest


def test_department_objects_twice_at_most_and_never_after_it_was_overruled() -> None:
    ticket = walked(*DISPATCHED, (Action.OBJECT, "officer"))
    assert next_of_itself(State.OBJECTION, ticket.facts.times_objected) is None
    overruled = walked(*DISPATCHED, (Action.OBJECT, "officer"), (Action.OVERRULE, "operator"))
    guard = TRANSITIONS[State.DISPATCHED, Action.OBJECT].guards[0]
    assert not passes(guard, overruled.facts, account=None, unit=None, at=overruled.at)
    ticket.take(Action.UPHOLD, TRANSITIONS[State.OBJECTION, Action.UPHOLD], by="operator")
    ticket.take(Action.DISPATCH, TRANSITIONS[State.TRIAGE, Action.DISPATCH], by="operator", unit="WORKS-DA")
    assert passes(guard, ticket.facts, account=None, unit=None, at=ticket.at)
    ticket.take(Action.OBJECT, TRANSITIONS[State.DISPATCHED, Action.OBJECT], by="officer")
    assert next_of_itself(State.OBJECTION, ticket.facts.times_objected) is Action.ESCALATE


class TicketLife(RuleBasedStateMachine):
    """Whatever actors try, in whatever order, with time passing in between."""

    def __init__(self) -> None:
        super().__init__()
        self.ticket = Walked()

    @rule(
        action=st.sampled_from(Action),
        by=st.sampled_from(KINDS),
        unit=st.sampled_from([*HELPERS, *sorted(UNITS)]),
        days=st.integers(1, 15),
        urgency=st.sampled_from(Urgency),
        named=st.sets(st.sampled_from(HELPERS), min_size=1).map(sorted).map(",".join),
        part=st.sampled_from(HELPERS),
    )
    def somebody_tries(self, action, by, unit, days, urgency, named, part) -> None:
        facts = self.ticket.facts
        arrow = find_arrow(facts.state, action, frozenset({by}))
        if arrow is None:
            return
        account = ACCOUNTS.get(by)
        if all(
            passes(
                guard,
                facts,
                account=account,
                unit=part if by == "co_officer" else unit,
                at=self.ticket.at,
                urgency=urgency,
                co_units=frozenset(named.split(",")),
            )
            for guard in arrow.guards
        ):
            to = unit if Need.UNIT in arrow.needs else None
            details = brought(arrow, days=days, score=5, urgency=urgency.value, co_units=named, part=part)
            after = self.ticket.take(action, arrow, by=by, unit=to, **details)
            following = next_of_itself(after.state, after.times_objected)
            if following is not None:
                arrow = TRANSITIONS[after.state, following]
                assert all(
                    passes(guard, after, account=None, unit=None, at=self.ticket.at) for guard in arrow.guards
                )
                self.ticket.take(following, arrow, by="system")

    @rule(minutes=st.sampled_from([1, 9, 10, 60, 24 * 60, 72 * 60, 16 * 24 * 60]))
    def time_passes(self, minutes) -> None:
        self.ticket.wait(timedelta(minutes=minutes))

    @invariant()
    def numbers_have_no_gap_and_the_chain_holds(self) -> None:
        assert [event.sequence for event in self.ticket.events] == list(range(1, len(self.ticket.events) + 1))
        assert broken_link(NUMBER, self.ticket.events) is None

    @invariant()
    def an_open_ticket_has_exactly_one_owner(self) -> None:
        facts = self.ticket.facts
        assert (facts.state is State.TRIAGE) == (facts.holder is not None)
        if facts.state not in {
            State.RECEIVED,
            State.TRIAGE,
            State.ANSWERED,
            State.DECLINED,
            State.TRANSFERRED,
            # Another ticket goes on for it.
            State.MERGED,
        }:
            assert facts.unit in UNITS

    @invariant()
    def whoever_helps_is_one_of_ours_and_never_who_answers(self) -> None:
        facts = self.ticket.facts
        assert set(facts.co_units) <= UNITS
        assert facts.unit not in {*facts.co_units, *facts.co_asked}
        if facts.co_units or facts.co_asked:
            assert facts.unit in UNITS

    @invariant()
    def ping_pong_is_bounded(self) -> None:
        facts = self.ticket.facts
        assert all(count <= 2 for count in facts.objections.values())
        assert facts.handovers <= 2
        assert facts.waits <= 2

    @invariant()
    def fence_counts_the_claims(self) -> None:
        taken = {Action.CLAIM, Action.UPHOLD}
        assert self.ticket.facts.fence == sum(event.action in taken for event in self.ticket.events)


TicketLife.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTicketLife = TicketLife.TestCase
