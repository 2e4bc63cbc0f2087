"""The ticket's life as a table of data, its categories, its number. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.words import msgid


class State(StrEnum):
    """Where a ticket stands."""

    RECEIVED = "received"
    TRIAGE = "triage"
    ANSWERED = "answered"
    DECLINED = "declined"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    WORKING = "working"
    WAITING_RESIDENT = "waiting_resident"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"


STATE_TITLES: Mapping[State, str] = {
    State.RECEIVED: msgid("已收到，等待受理"),
    State.TRIAGE: msgid("话务员正在受理"),
    State.ANSWERED: msgid("已直接答复"),
    State.DECLINED: msgid("不在受理范围，已说明去处"),
    State.DISPATCHED: msgid("已派给承办单位"),
    State.SIGNED: msgid("承办单位已签收"),
    State.WORKING: msgid("正在办理"),
    State.WAITING_RESIDENT: msgid("等您补充"),
    State.RESOLVED: msgid("单位说办好了，等您确认"),
    State.REOPENED: msgid("退回重办"),
    State.CLOSED: msgid("已办结"),
}


class Action(StrEnum):
    """What may be done to a ticket."""

    CLAIM = "claim"
    RELEASE = "release"
    ANSWER = "answer"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    SIGN = "sign"
    START = "start"
    ASK_RESIDENT = "ask_resident"
    REPLY = "reply"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Arrow:
    """One edge: where it leads, who may take it, whether its note is needed, whether a live claim is."""

    to: State
    actors: frozenset[str]
    needs_note: bool = False
    needs_claim: bool = False


OPERATOR = frozenset({"operator"})
OFFICER = frozenset({"officer"})
RESIDENT = frozenset({"resident"})

# Every pair that is not here is refused with 409 and changes nothing.
TRANSITIONS: Mapping[tuple[State, Action], Arrow] = {
    (State.RECEIVED, Action.CLAIM): Arrow(State.TRIAGE, OPERATOR),
    (State.TRIAGE, Action.RELEASE): Arrow(State.RECEIVED, OPERATOR, needs_claim=True),
    (State.TRIAGE, Action.ANSWER): Arrow(State.ANSWERED, OPERATOR, needs_note=True, needs_claim=True),
    (State.TRIAGE, Action.DECLINE): Arrow(State.DECLINED, OPERATOR, needs_note=True, needs_claim=True),
    (State.TRIAGE, Action.DISPATCH): Arrow(State.DISPATCHED, OPERATOR, needs_claim=True),
    (State.DISPATCHED, Action.SIGN): Arrow(State.SIGNED, OFFICER),
    (State.SIGNED, Action.START): Arrow(State.WORKING, OFFICER),
    (State.WORKING, Action.ASK_RESIDENT): Arrow(State.WAITING_RESIDENT, OFFICER, needs_note=True),
    (State.WAITING_RESIDENT, Action.REPLY): Arrow(State.WORKING, RESIDENT, needs_note=True),
    (State.WORKING, Action.RESOLVE): Arrow(State.RESOLVED, OFFICER, needs_note=True),
    (State.RESOLVED, Action.CLOSE): Arrow(State.CLOSED, RESIDENT | OPERATOR),
    (State.RESOLVED, Action.REOPEN): Arrow(State.REOPENED, RESIDENT, needs_note=True),
    (State.REOPENED, Action.SIGN): Arrow(State.SIGNED, OFFICER),
}

OPEN_STATES = frozenset(State) - {State.ANSWERED, State.DECLINED, State.CLOSED}
# How long a claim holds before another operator may take the ticket.
LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of ticket and the unit that answers for it."""

    code: str
    title: str
    unit: str


CATEGORIES: Mapping[str, Category] = {
    category.code: category
    for category in (
        Category("street_light", msgid("路灯与公共照明"), "WORKS-DA"),
        Category("road", msgid("道路与井盖"), "WORKS-DA"),
        Category("greening", msgid("绿化与市容"), "GREEN-XP"),
        Category("noise", msgid("噪声扰民"), "GREEN-XP"),
        Category("housing", msgid("物业与房屋"), "HOUSING-NY"),
        Category("other", msgid("其他，我来描述"), "WORKS-DA"),
    )
}


def find_arrow(state: State, action: Action, holders: frozenset[str]) -> Arrow | None:
    """The edge an actor of these kinds may take from here, or None."""
    arrow = TRANSITIONS.get((state, action))
    return arrow if arrow is not None and arrow.actors & holders else None


def legal_actions(state: State, holders: frozenset[str]) -> tuple[Action, ...]:
    """What an actor of these kinds may do now."""
    return tuple(
        action for (at, action), arrow in TRANSITIONS.items() if at is state and arrow.actors & holders
    )


def ticket_number(on: date, order: int) -> str:
    """The public number: the civil date and a running number."""
    return f"{on:%y%m%d}{order:06d}"
