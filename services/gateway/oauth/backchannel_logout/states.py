"""The life of a notice, as data: queued, then delivered, or retried with growing waits, and at the end given up.

Pure.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a notice stands."""

    QUEUED = "queued"
    RETRY = "retry"
    DELIVERED = "delivered"
    DEAD = "dead"


class Event(StrEnum):
    """What an attempt ends in."""

    ARRIVE = "arrive"
    FAIL = "fail"
    GIVE_UP = "give_up"


TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.QUEUED, Event.ARRIVE): State.DELIVERED,
    (State.QUEUED, Event.FAIL): State.RETRY,
    (State.QUEUED, Event.GIVE_UP): State.DEAD,
    (State.RETRY, Event.ARRIVE): State.DELIVERED,
    (State.RETRY, Event.FAIL): State.RETRY,
    (State.RETRY, Event.GIVE_UP): State.DEAD,
}
WAITING = tuple(sorted({state for state, _ in TRANSITIONS}))

# After the first failure, the second, ...; after the last there is no further attempt: a day in all.
WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
)


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after this many failed attempts; None when it is time to give up."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None
