"""Where a Consent stands, and where it may go from there. Pure.

Standard: FHIR R4 consent.html, ConsentState. `expired` is no status of R4: the clock tells it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class ConsentState(StrEnum):
    """FHIR's statuses, and the one that only the clock gives."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    REJECTED = "rejected"
    INACTIVE = "inactive"
    ENTERED_IN_ERROR = "entered-in-error"
    EXPIRED = "expired"


BEFORE_ACTIVE = frozenset({ConsentState.DRAFT, ConsentState.PROPOSED})
# From what a Consent was to what it becomes; staying as it is is always possible until it has ended.
TRANSITIONS: Mapping[tuple[ConsentState, str], ConsentState] = {
    **{(state, "change_consent: active"): ConsentState.ACTIVE for state in sorted(BEFORE_ACTIVE)},
    **{(state, "change_consent: rejected"): ConsentState.REJECTED for state in sorted(BEFORE_ACTIVE)},
    **{(state, "withdraw_consent"): ConsentState.INACTIVE for state in sorted(BEFORE_ACTIVE)},
    (ConsentState.ACTIVE, "withdraw_consent"): ConsentState.INACTIVE,
    (ConsentState.ACTIVE, "change_consent: entered-in-error"): ConsentState.ENTERED_IN_ERROR,
    (ConsentState.ACTIVE, "its period has passed"): ConsentState.EXPIRED,
}
STARTS = frozenset({ConsentState.DRAFT, ConsentState.PROPOSED, ConsentState.ACTIVE})


def may_become(was: str | None, status: str) -> bool:
    """Whether a Consent of this status (None: a new one) may be written with that one."""
    if was is None:
        return status in STARTS
    if was == status:
        return status in STARTS
    return any(state == was and to == status for (state, _), to in TRANSITIONS.items())


def state_at(status: str, ends_at: datetime | None, at: datetime) -> ConsentState:
    """Where a Consent stands at an instant."""
    state = ConsentState(status)
    if state is ConsentState.ACTIVE and ends_at is not None and ends_at <= at:
        return ConsentState.EXPIRED
    return state
