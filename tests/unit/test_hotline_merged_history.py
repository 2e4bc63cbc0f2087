"""A merge that is undone changes nothing: facts and clocks of the ticket, and all that follows, are the same.

Two histories are driven at random by whatever actors try; one of them is merged and parted again now and then, and
takes other tickets in and lets them go.
"""

from dataclasses import asdict
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hotline.rules import OPEN_STATES, TRANSITIONS, Action, Need, State, broken_link, find_arrow
from hotline.rules.clocks import clocks_of
from hotline.rules.history import passes
from hotline.rules.machine import next_of_itself
from hotline.rules.units import UNITS
from hotline.rules.urgency import Urgency
from tests.support.tickets import ACCOUNTS, NUMBER, OPERATOR, Walked, brought, third_policy
from tests.unit.test_hotline_clocks import CALENDAR

POLICY = third_policy()

KINDS = ("resident", "operator", "officer", "co_officer", "supervisor", "system")
# These come with a second ticket and have rules of their own here.
OF_TWO = {Action.MERGE, Action.UNMERGE, Action.ABSORB, Action.SEPARATE}
# Claims first: most histories should go somewhere.
TRIED = [Action.CLAIM, Action.CLAIM, *(action for action in Action if action not in OF_TWO)]
COUNTED = {"sequence", "since", "since_at"}


def told(walked: Walked) -> dict[str, object]:
    """The facts without what only counts events."""
    return {name: value for name, value in asdict(walked.facts).items() if name not in COUNTED}


class MergedLife(RuleBasedStateMachine):
    """One life twice: left alone, and with merges that were undone."""

    def __init__(self) -> None:
        super().__init__()
        self.alone, self.undone = Walked(), Walked()

    @rule(
        action=st.sampled_from(TRIED),
        by=st.sampled_from(KINDS),
        unit=st.sampled_from(sorted(UNITS)),
        days=st.integers(1, 15),
        score=st.integers(1, 5),
        urgency=st.sampled_from(Urgency),
        co_units=st.sampled_from(["GREEN-XP", "GREEN-XP,HOUSING-NY"]),
        part=st.sampled_from(["GREEN-XP", "HOUSING-NY"]),
    )
    def somebody_tries(self, action, by, unit, **given) -> None:
        allowed = {self._tries(one, action, by, unit, **given) for one in (self.alone, self.undone)}
        assert len(allowed) == 1

    def _tries(self, one: Walked, action, by, unit, **given) -> bool:
        facts = one.facts
        arrow = find_arrow(facts.state, action, frozenset({by}))
        account = ACCOUNTS.get(by)
        if arrow is None or not all(
            passes(
                guard,
                facts,
                account=account,
                unit=given["part"] if action is Action.FINISH_PART else unit,
                at=one.at,
                urgency=given["urgency"],
                co_units=frozenset(given["co_units"].split(",")),
            )
            for guard in arrow.guards
            # How long a state has lasted counts anew after a merge: whoever parts two tickets gives time to look.
            if guard not in {"time_out", "within_15_days"}
        ):
            return False
        details = brought(arrow, **given)
        after = one.take(action, arrow, by=by, unit=unit if Need.UNIT in arrow.needs else None, **details)
        following = next_of_itself(after.state, after.times_objected)
        if following is not None:
            one.take(following, TRANSITIONS[after.state, following], by="system")
        return True

    @rule(minutes=st.sampled_from([0, 1, 9, 60, 24 * 60, 5 * 24 * 60]))
    def time_passes(self, minutes) -> None:
        for one in (self.alone, self.undone):
            one.wait(timedelta(minutes=minutes))

    @precondition(lambda self: self._is_held())
    @rule(minutes=st.sampled_from([0, 1, 9, 11, 3 * 24 * 60]), adds=st.booleans())
    def merged_and_parted(self, minutes, adds) -> None:
        arrow = TRANSITIONS[State.TRIAGE, Action.MERGE]
        self.undone.take(Action.MERGE, arrow, by="operator")
        assert self.undone.facts.holder is None
        clocks = clocks_of(self.undone.events, POLICY, CALENDAR)
        assert all(clock.stopped_at is not None for clock in clocks)
        if adds:
            self.undone.take(Action.SUPPLEMENT, TRANSITIONS[State.MERGED, Action.SUPPLEMENT], by="resident")
        self.time_passes(minutes)
        self.undone.take(Action.UNMERGE, TRANSITIONS[State.MERGED, Action.UNMERGE], by="supervisor")

    @precondition(lambda self: self.undone.facts.state in OPEN_STATES - {State.REOPENED})
    @rule(minutes=st.sampled_from([0, 60, 24 * 60]))
    def another_taken_in_and_let_go(self, minutes) -> None:
        state = self.undone.facts.state
        self.undone.take(Action.ABSORB, TRANSITIONS[state, Action.ABSORB], by="operator")
        self.time_passes(minutes)
        self.undone.take(Action.SEPARATE, TRANSITIONS[state, Action.SEPARATE], by="supervisor")

    def _is_held(self) -> bool:
        facts = self.undone.facts
        guards = TRANSITIONS[State.TRIAGE, Action.MERGE].guards
        return facts.state is State.TRIAGE and all(
            passes(guard, facts, account=OPERATOR, unit=None, at=self.undone.at) for guard in guards
        )

    @invariant()
    def facts_and_clocks_are_the_same(self) -> None:
        assert told(self.alone) == told(self.undone)
        both = [clocks_of(one.events, POLICY, CALENDAR) for one in (self.alone, self.undone)]
        assert both[0] == both[1]

    @invariant()
    def both_chains_hold(self) -> None:
        assert broken_link(NUMBER, self.undone.events) is None


def test_clock_that_stopped_at_the_very_instant_of_the_merge_stays_stopped() -> None:
    alone, undone = Walked(), Walked()
    steps = ((Action.CLAIM, "operator"), (Action.DISPATCH, "operator"), (Action.OBJECT, "officer"))
    for action, by in (*steps, (Action.UPHOLD, "operator")):
        for one in (alone, undone):
            one.take(action, TRANSITIONS[one.facts.state, action], by=by, unit="WORKS-DA")
    for action, by in ((Action.MERGE, "operator"), (Action.UNMERGE, "supervisor")):
        undone.take(action, TRANSITIONS[undone.facts.state, action], by=by)
    assert clocks_of(alone.events, POLICY, CALENDAR) == clocks_of(undone.events, POLICY, CALENDAR)


MergedLife.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestMergedLife = MergedLife.TestCase
