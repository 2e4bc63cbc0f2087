"""How many residents somebody may begin to treat, and which beginnings are looked at: a table, with its version.

Whoever writes an open Encounter may read the file: that is what a clinic needs, and what a curious person would use.
So it is counted, the resident hears of it at once and may reject it, and what is out of the ordinary is reviewed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

VERSION = "2026-11"


class Whom(StrEnum):
    """Whose beginnings are counted together."""

    PRACTITIONER = "practitioner"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Bound:
    """More than `most` within `within` are refused or, where they are not, looked at afterwards."""

    whom: Whom
    most: int
    within: timedelta
    is_refused: bool


_DAY = timedelta(days=1)
# A doctor sees a hundred patients on a busy day, the largest hospitals of the city fifteen thousand.
BOUNDS = (
    Bound(Whom.PRACTITIONER, 150, _DAY, is_refused=False),
    Bound(Whom.PRACTITIONER, 500, _DAY, is_refused=True),
    Bound(Whom.UNIT, 20_000, _DAY, is_refused=True),
)
# For so long a unit whom a resident rejected begins nothing by what it writes itself; a card shown there ends that.
REJECTED_FOR = timedelta(days=90)
# Opened, and closed so soon with nothing else written: a file that was only looked at.
BRIEF = timedelta(hours=1)
# What nobody has to look at is counted for a day, and kept a little longer for who wonders about it.
KEPT = timedelta(days=31)


class Reason(StrEnum):
    """Why a beginning is looked at."""

    MANY = "many"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    BRIEF = "brief"


class OpeningState(StrEnum):
    """Where a beginning stands."""

    USUAL = "usual"
    UNUSUAL = "unusual"
    REVIEWED = "reviewed"


TRANSITIONS: Mapping[tuple[OpeningState, str], OpeningState] = {
    (OpeningState.USUAL, "a reason appears"): OpeningState.UNUSUAL,
    (OpeningState.UNUSUAL, "a reason appears"): OpeningState.UNUSUAL,
    (OpeningState.UNUSUAL, "review_opening"): OpeningState.REVIEWED,
}
