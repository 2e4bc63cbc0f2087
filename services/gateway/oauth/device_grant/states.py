"""The life of a device code, as data: pending, then approved or denied, and at the end redeemed or expired.

Standard: RFC 8628 section 3.5. Pure.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

LIFE = timedelta(minutes=10)
FIRST_INTERVAL_SECONDS = 5
# RFC 8628 section 3.5: on slow_down the interval grows by 5 seconds, for this and all later polls.
SLOWER_BY_SECONDS = 5


class State(StrEnum):
    """Where a device code stands. `expired` is never stored: it is what time makes of the first two."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


class Event(StrEnum):
    """What can happen to it."""

    APPROVE = "approve"
    DENY = "deny"
    REDEEM = "redeem"
    EXPIRE = "expire"


TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.PENDING, Event.APPROVE): State.APPROVED,
    (State.PENDING, Event.DENY): State.DENIED,
    (State.PENDING, Event.EXPIRE): State.EXPIRED,
    (State.APPROVED, Event.REDEEM): State.REDEEMED,
    (State.APPROVED, Event.EXPIRE): State.EXPIRED,
}


def source_of(event: Event) -> State:
    """The one state from which an act may happen; the guarded statement of that act asks for it."""
    (source,) = {before for before, what in TRANSITIONS if what is event}
    return source


def state_at(stored: str, expires_at: datetime, at: datetime) -> State:
    """The state at an instant."""
    state = State(stored)
    return TRANSITIONS.get((state, Event.EXPIRE), state) if expires_at <= at else state


def is_too_fast(polled_at: datetime | None, interval_seconds: int, at: datetime) -> bool:
    """Whether a device asks again before its interval is over."""
    return polled_at is not None and at - polled_at < timedelta(seconds=interval_seconds)
