"""Where it stands that somebody may act for somebody else. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

OFFER_LIFE = timedelta(days=7)


class DelegationState(StrEnum):
    """Where a relation stands."""

    OFFERED = "offered"
    STANDING = "standing"
    DECLINED = "declined"
    ENDED = "ended"
    # Told by the clock: nobody answered the offer in time.
    LAPSED = "lapsed"


TRANSITIONS: Mapping[tuple[DelegationState, str], DelegationState] = {
    (DelegationState.OFFERED, "accept_offer"): DelegationState.STANDING,
    (DelegationState.OFFERED, "decline_offer"): DelegationState.DECLINED,
    (DelegationState.OFFERED, "end_given"): DelegationState.ENDED,
    (DelegationState.OFFERED, "seven days have passed"): DelegationState.LAPSED,
    (DelegationState.STANDING, "end_given"): DelegationState.ENDED,
    (DelegationState.STANDING, "end_held"): DelegationState.ENDED,
    (DelegationState.STANDING, "end_due_relation"): DelegationState.ENDED,
}


def state_of(row: Row[Any], at: datetime) -> DelegationState:
    """Where a relation stands at an instant: an offer lapses, and what has an end ends by itself."""
    state = DelegationState(row.state)
    if state is DelegationState.OFFERED and (row.starts_at <= at - OFFER_LIFE or row.ends_at <= at):
        return DelegationState.LAPSED
    if state is DelegationState.STANDING and row.ends_at is not None and row.ends_at <= at:
        return DelegationState.ENDED
    return state
