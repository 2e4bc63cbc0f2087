"""A telephone call, as the telephone system tells of it. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from services.words import msgid


class CallEvent(StrEnum):
    """What the telephone system says happened."""

    STARTED = "call.started"
    ANSWERED = "call.answered"
    ENDED = "call.ended"
    MISSED = "call.missed"


class CallState(StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    MISSED = "missed"


CALL_STATE_TITLES: Mapping[CallState, str] = {
    CallState.RINGING: msgid("正在响铃"),
    CallState.ANSWERED: msgid("通话中"),
    CallState.ENDED: msgid("已挂断"),
    CallState.MISSED: msgid("没有接到"),
}
LIVE = frozenset({CallState.RINGING, CallState.ANSWERED})
TO: Mapping[CallEvent, CallState] = {
    CallEvent.STARTED: CallState.RINGING,
    CallEvent.ANSWERED: CallState.ANSWERED,
    CallEvent.ENDED: CallState.ENDED,
    CallEvent.MISSED: CallState.MISSED,
}
# Events may come late or out of order: a call only ever moves forward.
_ORDER = (CallState.RINGING, CallState.ANSWERED, CallState.MISSED, CallState.ENDED)


def state_after(state: CallState | None, event: CallEvent) -> CallState:
    """Where a call stands after an event; one that comes too late changes nothing, and answered is never missed."""
    to = TO[event]
    if state is None:
        return to
    if event is CallEvent.MISSED and state is not CallState.RINGING:
        return state
    return max(state, to, key=_ORDER.index)
