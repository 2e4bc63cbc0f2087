"""The card's life as a table of data. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from services.state_table import Arrow
from services.words import msgid


class State(StrEnum):
    """Where a card stands; the e-card and every credential derive theirs from it."""

    APPLIED = "applied"
    IN_PRODUCTION = "in_production"
    REJECTED = "rejected"
    READY = "ready"
    ISSUED = "issued"
    ACTIVE = "active"
    TEMP_LOST = "temp_lost"
    LOST = "lost"
    FROZEN = "frozen"
    CANCELLED = "cancelled"


STATE_TITLES: Mapping[State, str] = {
    State.APPLIED: msgid("已申领，等待审核"),
    State.IN_PRODUCTION: msgid("正在制卡"),
    State.REJECTED: msgid("申领没有通过"),
    State.READY: msgid("卡做好了，可以去领"),
    State.ISSUED: msgid("已领到，等您启用"),
    State.ACTIVE: msgid("状态正常"),
    State.TEMP_LOST: msgid("已临时挂失"),
    State.LOST: msgid("已正式挂失"),
    State.FROZEN: msgid("已冻结"),
    State.CANCELLED: msgid("已注销"),
}


class Event(StrEnum):
    """What may happen to a card."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    PRODUCED = "produced"
    HAND_OVER = "hand_over"
    ACTIVATE = "activate"
    REPORT_TEMP_LOSS = "report_temp_loss"
    RELEASE = "release"
    AUTO_RELEASE = "auto_release"
    REPORT_FORMAL_LOSS = "report_formal_loss"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    CANCEL = "cancel"


RESIDENT = frozenset({"resident"})
OFFICER = frozenset({"officer"})
SYSTEM = frozenset({"system"})

# Every pair that is not here is refused with 409 and changes nothing.
TRANSITIONS: Mapping[tuple[State, Event], Arrow[State]] = {
    (State.APPLIED, Event.APPROVE): Arrow(State.IN_PRODUCTION, OFFICER),
    (State.APPLIED, Event.REJECT): Arrow(State.REJECTED, OFFICER),
    (State.APPLIED, Event.WITHDRAW): Arrow(State.CANCELLED, RESIDENT),
    (State.IN_PRODUCTION, Event.PRODUCED): Arrow(State.READY, OFFICER),
    (State.READY, Event.HAND_OVER): Arrow(State.ISSUED, OFFICER),
    (State.ISSUED, Event.ACTIVATE): Arrow(State.ACTIVE, RESIDENT),
    (State.ACTIVE, Event.REPORT_TEMP_LOSS): Arrow(State.TEMP_LOST, RESIDENT),
    (State.TEMP_LOST, Event.RELEASE): Arrow(State.ACTIVE, RESIDENT),
    (State.TEMP_LOST, Event.AUTO_RELEASE): Arrow(State.ACTIVE, SYSTEM),
    (State.ACTIVE, Event.REPORT_FORMAL_LOSS): Arrow(State.LOST, OFFICER),
    (State.TEMP_LOST, Event.REPORT_FORMAL_LOSS): Arrow(State.LOST, OFFICER),
    (State.LOST, Event.RELEASE): Arrow(State.ACTIVE, OFFICER),
    (State.ACTIVE, Event.FREEZE): Arrow(State.FROZEN, OFFICER),
    (State.FROZEN, Event.UNFREEZE): Arrow(State.ACTIVE, OFFICER),
    (State.ACTIVE, Event.CANCEL): Arrow(State.CANCELLED, OFFICER),
    (State.LOST, Event.CANCEL): Arrow(State.CANCELLED, OFFICER),
}
FINAL = frozenset({State.REJECTED, State.CANCELLED})
# A temporary loss ends by itself after this long, unless it becomes formal (city policy).
TEMPORARY_LOSS = timedelta(days=7)
# A card is shown by a code that lives this long, and opens one check.
CODE_LIFE = timedelta(seconds=60)


def card_number(order: int) -> str:
    """The number on the card: a letter and eight digits."""
    return f"S{order:08d}"
