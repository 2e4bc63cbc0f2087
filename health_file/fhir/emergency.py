"""Breaking the glass: reasons, and where an emergency stands. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

LIFE = timedelta(minutes=60)
REVIEW_WITHIN = timedelta(hours=72)
REASON_SYSTEM = "urn:citizen:emergency-reason"
# Why a file is opened that its reader may not read otherwise.
REASONS = ("unconscious", "life-threatening", "poisoning", "unable-to-consent", "public-health")
SHORTEST_WORDS, LONGEST_WORDS = 5, 500
VERDICTS = ("justified", "unjustified")


class EmergencyState(StrEnum):
    """Where a broken glass stands."""

    OPENED = "opened"
    ACTIVE = "active"
    CLOSED = "closed"
    REVIEWED = "reviewed"
    ESCALATED = "escalated"


TRANSITIONS: Mapping[tuple[EmergencyState, str], EmergencyState] = {
    (EmergencyState.OPENED, "its token is issued"): EmergencyState.ACTIVE,
    (EmergencyState.ACTIVE, "close_emergency"): EmergencyState.CLOSED,
    (EmergencyState.ACTIVE, "60 minutes have passed"): EmergencyState.CLOSED,
    (EmergencyState.CLOSED, "review_emergency"): EmergencyState.REVIEWED,
    (EmergencyState.CLOSED, "72 hours have passed"): EmergencyState.ESCALATED,
    (EmergencyState.ESCALATED, "review_emergency"): EmergencyState.REVIEWED,
}
