"""Breaking the glass in an emergency, and what follows it: notice, closing, review."""

from health_file.actions.emergencies.breaking import (
    Emergency,
    close_emergency,
    confirm_emergency,
    open_emergency,
)
from health_file.actions.emergencies.following import close_due, escalate, tell_guardians
from health_file.actions.emergencies.reviewing import (
    EmergencyView,
    list_emergencies,
    review_emergency,
)

__all__ = [
    "Emergency",
    "EmergencyView",
    "close_due",
    "close_emergency",
    "confirm_emergency",
    "escalate",
    "list_emergencies",
    "open_emergency",
    "review_emergency",
    "tell_guardians",
]
