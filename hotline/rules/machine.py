"""The ticket's life as a table of data: every edge with its actors, needs, guards and effects. Pure.

The table drives the actions, the pages' buttons, the documentation, the fold of the history and the tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from hotline.rules.states import LEASE, Action, Effect, Guard, Need, State


@dataclass(frozen=True, slots=True)
class Arrow:
    """One edge: where it leads, who may take it, what must come with it, what must be so, what it causes."""

    to: State
    actors: frozenset[str]
    needs: frozenset[Need] = frozenset()
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def needs_claim(self) -> bool:
        """Whether only the holder of a live claim may take it."""
        return Guard.HOLDS_CLAIM in self.guards


OPERATOR = frozenset({"operator"})
OFFICER = frozenset({"officer"})
# An officer of a unit that helps.
CO_OFFICER = frozenset({"co_officer"})
SUPERVISOR = frozenset({"supervisor"})
RESIDENT = frozenset({"resident"})
SYSTEM = frozenset({"system"})
NOTE = frozenset({Need.NOTE})
UNIT = frozenset({Need.UNIT})
URGENCY = frozenset({Need.NOTE, Need.URGENCY})
HELD = (Guard.HOLDS_CLAIM,)
DROP = (Effect.DROP_CLAIM,)
BAD_MARK = (Guard.RATED_BADLY, Guard.NOT_RECHECKED)
# Whoever does not accept a result takes the mark back too.
REDO = (Effect.SUPERVISE, Effect.FORGET_RATING)

OPEN_STATES = frozenset(State) - {
    State.ANSWERED, State.DECLINED, State.TRANSFERRED, State.CLOSED, State.MERGED,
}  # fmt: skip


def _helping(state: State) -> Mapping[Action, Arrow]:
    """How other units come to help and what they do; the state stays, and so does who answers for the ticket."""
    asked = NOTE | {Need.CO_UNITS}
    missing, there = (Guard.CO_UNITS_MISSING,), (Guard.CO_UNITS_THERE,)
    lead = {} if state is State.DISPATCHED else {
        Action.ASK_CO_UNITS: Arrow(state, OFFICER, asked, missing, (Effect.ASK_CO_UNITS,)),
    }  # fmt: skip
    return lead | {
        Action.APPOINT_CO_UNITS: Arrow(
            state, SUPERVISOR, asked, missing, (Effect.ADD_CO_UNITS, Effect.FORGET_ASKED)
        ),
        Action.REFUSE_CO_UNITS: Arrow(
            state, SUPERVISOR, asked, (Guard.CO_UNITS_ASKED,), (Effect.FORGET_ASKED,)
        ),
        Action.EXCUSE_CO_UNITS: Arrow(state, SUPERVISOR, asked, there, (Effect.DROP_CO_UNITS,)),
        Action.CONTRIBUTE: Arrow(state, OFFICER | CO_OFFICER, NOTE, (Guard.IS_HELPED,)),
        Action.FINISH_PART: Arrow(state, CO_OFFICER, NOTE, (Guard.OWN_PART_OPEN,), (Effect.FINISH_PART,)),
    }


# Every pair that is not here is refused with 409 and changes nothing.
TRANSITIONS: Mapping[tuple[State, Action], Arrow] = (
    {
        (State.RECEIVED, Action.CLAIM): Arrow(State.TRIAGE, OPERATOR, effects=(Effect.TAKE_CLAIM,)),
        (State.TRIAGE, Action.RENEW): Arrow(
            State.TRIAGE, OPERATOR, guards=HELD, effects=(Effect.RENEW_CLAIM,)
        ),
        (State.TRIAGE, Action.RELEASE): Arrow(State.RECEIVED, OPERATOR, guards=HELD, effects=DROP),
        (State.TRIAGE, Action.EXPIRE): Arrow(
            State.RECEIVED, SYSTEM, guards=(Guard.CLAIM_RAN_OUT,), effects=DROP
        ),
        (State.TRIAGE, Action.ANSWER): Arrow(
            State.ANSWERED, OPERATOR, frozenset({Need.NOTE, Need.ARTICLE}), HELD, DROP
        ),
        (State.TRIAGE, Action.DECLINE): Arrow(State.DECLINED, OPERATOR, NOTE, HELD, DROP),
        (State.TRIAGE, Action.TRANSFER): Arrow(
            State.TRANSFERRED, OPERATOR, frozenset({Need.SERVICE}), HELD, DROP
        ),
        (State.TRIAGE, Action.DISPATCH): Arrow(
            State.DISPATCHED, OPERATOR, UNIT, HELD, (Effect.SET_UNIT, Effect.DROP_CLAIM)
        ),
        (State.TRIAGE, Action.SET_URGENCY): Arrow(
            State.TRIAGE, OPERATOR, URGENCY, (*HELD, Guard.ANOTHER_URGENCY), (Effect.SET_URGENCY,)
        ),
        (State.TRIAGE, Action.MERGE): Arrow(
            State.MERGED, OPERATOR, guards=HELD, effects=(Effect.SET_CLAIM_ASIDE, Effect.DROP_CLAIM)
        ),
        (State.MERGED, Action.UNMERGE): Arrow(
            State.TRIAGE, SUPERVISOR, NOTE, effects=(Effect.TAKE_CLAIM_BACK,)
        ),
        # It lands on the ticket that goes on for both, too.
        (State.MERGED, Action.SUPPLEMENT): Arrow(State.MERGED, RESIDENT, NOTE),
        (State.DISPATCHED, Action.SIGN): Arrow(State.SIGNED, OFFICER),
        (State.DISPATCHED, Action.OBJECT): Arrow(
            State.OBJECTION, OFFICER, NOTE, (Guard.MAY_OBJECT,), (Effect.COUNT_OBJECTION,)
        ),
        # Whoever upholds takes the ticket on: it never stands without an owner.
        (State.OBJECTION, Action.UPHOLD): Arrow(State.TRIAGE, OPERATOR, NOTE, effects=(Effect.TAKE_CLAIM,)),
        (State.OBJECTION, Action.OVERRULE): Arrow(
            State.DISPATCHED, OPERATOR, NOTE, effects=(Effect.BAR_UNIT,)
        ),
        (State.OBJECTION, Action.ESCALATE): Arrow(
            State.ADJUDICATION, SYSTEM, guards=(Guard.OBJECTED_TWICE_OR_TIME_OUT,)
        ),
        (State.ADJUDICATION, Action.APPOINT): Arrow(
            State.DISPATCHED,
            SUPERVISOR,
            UNIT | NOTE,
            effects=(Effect.SET_UNIT, Effect.BAR_ALL, Effect.NAME_CO_UNITS),
        ),
        (State.ADJUDICATION, Action.BACKSTOP): Arrow(
            State.DISPATCHED, SYSTEM, UNIT, (Guard.TIME_OUT,), (Effect.SET_UNIT, Effect.BAR_ALL)
        ),
        (State.SIGNED, Action.CONTACT): Arrow(State.SIGNED, OFFICER),
        (State.SIGNED, Action.START): Arrow(State.WORKING, OFFICER),
        (State.WORKING, Action.ASK_RESIDENT): Arrow(
            State.WAITING_RESIDENT, OFFICER, NOTE, (Guard.WAITED_SELDOM,), (Effect.COUNT_WAIT,)
        ),
        (State.WAITING_RESIDENT, Action.REPLY): Arrow(State.WORKING, RESIDENT, NOTE),
        (State.WAITING_RESIDENT, Action.RESUME): Arrow(State.WORKING, SYSTEM, guards=(Guard.TIME_OUT,)),
        (State.WORKING, Action.ASK_EXTENSION): Arrow(
            State.WORKING,
            OFFICER,
            frozenset({Need.NOTE, Need.DAYS}),
            (Guard.NO_EXTENSION_ASKED,),
            (Effect.ASK_EXTENSION,),
        ),
        (State.WORKING, Action.GRANT_EXTENSION): Arrow(
            State.WORKING, SUPERVISOR, guards=(Guard.EXTENSION_ASKED,), effects=(Effect.SETTLE_EXTENSION,)
        ),
        (State.WORKING, Action.REFUSE_EXTENSION): Arrow(
            State.WORKING, SUPERVISOR, NOTE, (Guard.EXTENSION_ASKED,), (Effect.SETTLE_EXTENSION,)
        ),
        (State.WORKING, Action.HAND_OVER): Arrow(
            State.DISPATCHED,
            OFFICER,
            UNIT | NOTE,
            (Guard.ANOTHER_UNIT, Guard.HANDED_OVER_SELDOM),
            (Effect.SET_UNIT, Effect.COUNT_HANDOVER),
        ),
        (State.WORKING, Action.RESOLVE): Arrow(
            State.RESOLVED,
            OFFICER,
            frozenset({Need.NOTE, Need.OPEN_PARTS_SAID}),
            effects=(Effect.FORGET_MISSED,),
        ),
        (State.RESOLVED, Action.CALL_MISSED): Arrow(
            State.RESOLVED, OPERATOR, guards=(Guard.NOT_MISSED_TODAY,), effects=(Effect.COUNT_MISSED,)
        ),
        (State.RESOLVED, Action.CLOSE): Arrow(State.CLOSED, RESIDENT | OPERATOR, effects=(Effect.RATE,)),
        # Closed without the resident's word: never counted as satisfied.
        (State.RESOLVED, Action.CLOSE_UNVERIFIED): Arrow(
            State.CLOSED, OPERATOR, guards=(Guard.MISSED_ON_THREE_DAYS,)
        ),
        (State.RESOLVED, Action.REOPEN): Arrow(State.REOPENED, RESIDENT | OPERATOR, NOTE, effects=REDO),
        (State.REOPENED, Action.REDISPATCH): Arrow(
            State.DISPATCHED, SYSTEM, effects=(Effect.BAR_UNIT, Effect.REOPEN_PARTS)
        ),
        # Histories from before redispatch hold it; no ticket rests here any more.
        (State.REOPENED, Action.SIGN): Arrow(State.SIGNED, OFFICER),
        (State.CLOSED, Action.DISPUTE): Arrow(State.REOPENED, RESIDENT, NOTE, (Guard.WITHIN_15_DAYS,), REDO),
        # What no department worked on goes back to the queue.
        # A supervisor who looked into a bad mark.
        (State.CLOSED, Action.REOPEN): Arrow(State.REOPENED, SUPERVISOR, NOTE, BAD_MARK, REDO),
        (State.ANSWERED, Action.REOPEN): Arrow(State.RECEIVED, SUPERVISOR, NOTE, BAD_MARK, REDO),
        (State.CLOSED, Action.RECHECK): Arrow(
            State.CLOSED, SUPERVISOR, NOTE, BAD_MARK, (Effect.NOTE_RECHECK,)
        ),
        (State.ANSWERED, Action.RECHECK): Arrow(
            State.ANSWERED, SUPERVISOR, NOTE, BAD_MARK, (Effect.NOTE_RECHECK,)
        ),
        (State.ANSWERED, Action.DISPUTE): Arrow(
            State.RECEIVED, RESIDENT, NOTE, (Guard.WITHIN_15_DAYS,), REDO
        ),
        (State.DECLINED, Action.DISPUTE): Arrow(
            State.RECEIVED, RESIDENT, NOTE, (Guard.WITHIN_15_DAYS,), REDO
        ),
    }
    | {
        (state, action): arrow
        for state in State
        if state in OPEN_STATES - {State.REOPENED}
        for action, arrow in (
            (
                Action.SUPERVISE,
                # The system does when a clock has run to half as long again as it may.
                Arrow(
                    state, SUPERVISOR | SYSTEM, guards=(Guard.NOT_SUPERVISED,), effects=(Effect.SUPERVISE,)
                ),
            ),
            (Action.RECALCULATE, Arrow(state, SYSTEM)),
        )
    }
    | {
        (state, Action.ABSORB): Arrow(state, OPERATOR)
        for state in State
        if state in OPEN_STATES - {State.REOPENED}
    }
    | {(state, Action.SEPARATE): Arrow(state, SUPERVISOR) for state in State}
    | {
        (state, Action.RATE): Arrow(
            state,
            RESIDENT | OPERATOR,
            frozenset({Need.SCORE}),
            (Guard.NOT_RATED, Guard.WITHIN_15_DAYS),
            (Effect.RATE,),
        )
        for state in (State.CLOSED, State.ANSWERED)
    }
    | {
        # After triage whoever supervises states it anew.
        (state, Action.SET_URGENCY): Arrow(
            state, SUPERVISOR, URGENCY, (Guard.ANOTHER_URGENCY,), (Effect.SET_URGENCY,)
        )
        for state in State
        if state in OPEN_STATES - {State.TRIAGE, State.REOPENED}
    }
    | {
        (state, action): arrow
        for state in (State.DISPATCHED, State.SIGNED, State.WORKING, State.WAITING_RESIDENT)
        for action, arrow in _helping(state).items()
    }
    | {(state, Action.PUBLISH): Arrow(state, OPERATOR | SUPERVISOR, NOTE) for state in State}
    | {
        # Where an answer is awaited, what the reporter says is the answer.
        (state, Action.SUPPLEMENT): Arrow(state, RESIDENT, NOTE)
        for state in State
        if state in OPEN_STATES - {State.WAITING_RESIDENT, State.REOPENED}
    }
    | {
        (state, Action.INFORM): Arrow(state, OPERATOR | OFFICER, NOTE)
        for state in State
        if state in OPEN_STATES - {State.RECEIVED, State.REOPENED}
    }
    | {
        (state, Action.ATTACH): Arrow(state, RESIDENT | OPERATOR | OFFICER | CO_OFFICER)
        for state in State
        if state in OPEN_STATES - {State.REOPENED}
    }
)

# What happens by itself when a ticket has stood in a state for so long.
TIMERS: Mapping[State, tuple[Action, timedelta]] = {
    State.TRIAGE: (Action.EXPIRE, LEASE),
    State.OBJECTION: (Action.ESCALATE, timedelta(hours=24)),
    State.ADJUDICATION: (Action.BACKSTOP, timedelta(hours=24)),
    State.WAITING_RESIDENT: (Action.RESUME, timedelta(hours=72)),
}


def find_arrow(state: State, action: Action, holders: frozenset[str]) -> Arrow | None:
    """The edge an actor of these kinds may take from here, or None."""
    arrow = TRANSITIONS.get((state, action))
    return arrow if arrow is not None and arrow.actors & holders else None


@cache
def legal_actions(state: State, holders: frozenset[str]) -> tuple[Action, ...]:
    """What an actor of these kinds may do from here, before the guards are asked."""
    return tuple(
        action for (at, action), arrow in TRANSITIONS.items() if at is state and arrow.actors & holders
    )


def next_of_itself(state: State, objections: int) -> Action | None:
    """What follows at once, in the same transaction: back to the same lead, or up for adjudication."""
    if state is State.REOPENED:
        return Action.REDISPATCH
    return Action.ESCALATE if state is State.OBJECTION and objections >= 2 else None
