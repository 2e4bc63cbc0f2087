"""Beginnings of treating relations: bounded when they are made, rejected by residents, reviewed where unusual."""

from health_file.actions.openings.beginning import Beginning, begin, note_ended
from health_file.actions.openings.rejecting import TreatingUnit, list_treating_units, reject_unit
from health_file.actions.openings.reviewing import (
    OpeningView,
    forget_usual_openings,
    list_openings,
    review_opening,
)

__all__ = [
    "Beginning",
    "OpeningView",
    "TreatingUnit",
    "begin",
    "forget_usual_openings",
    "list_openings",
    "list_treating_units",
    "note_ended",
    "reject_unit",
    "review_opening",
]
