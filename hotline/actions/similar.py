"""What everybody may read of like matters, for whoever is about to report one: open ones and those that just ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hotline import store
from hotline.rules import OPEN_STATES, State
from hotline.rules.grams import distinct_pairs
from services.database.session import Session
from services.errors import Invalid
from services.words import msgid

# As long ago as it may have been filed; one that has ended, as long ago as it may have ended.
FILED_WITHIN = timedelta(days=90)
ENDED_WITHIN = timedelta(days=30)
LOOKED_AT = 400
MOST_SHOWN = 5
# Of the pairs of the shorter text, as many must be in the other: a published description is a short one.
SHARED = 40
FEWEST_PAIRS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A public ticket about something like it: exactly what an operator released, and how it stands."""

    number: str
    category: str
    state: str
    text: str
    place: str | None
    requested_at: datetime
    updated_at: datetime
    percent: int

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it."""
        return State(self.state) in OPEN_STATES


def list_similar(session: Session, *, text: str, district: str) -> list[Similar]:
    """Public tickets of a district that say much the same, the likest first; at most 5.

    Access: everybody; only what was published is compared and shown. Effects: none, nothing is opened.
    """
    pairs = distinct_pairs(text)
    rows = store.list_public_texts(
        session,
        district=district,
        filed_after=session.at - FILED_WITHIN,
        ended_after=session.at - ENDED_WITHIN,
        limit=LOOKED_AT,
    )
    found = [(_percent(pairs, row), row) for row in rows]
    likest = sorted((one for one in found if one[0] >= SHARED), key=lambda one: -one[0])
    return [_similar(percent, row) for percent, row in likest[:MOST_SHOWN]]


def joined_to(session: Session, number: str) -> Mapping[str, str]:
    """What the first event notes when a reporter says that a public ticket is about the same matter.

    Access: everybody. Raises: Invalid 422 for a number that is not public.
    """
    if not number:
        return {}
    found = store.list_public_requests(
        session,
        numbers=[number],
        categories=None,
        states=None,
        between=(session.at, session.at),
        limit=1,
        offset=0,
    )
    if not found:
        raise Invalid(field="/alike", expected=msgid("这个编号查不到，请从列出的里面选"))
    return {"alike": number}


def _percent(pairs: set[str], row: Any) -> int:
    theirs = distinct_pairs(row.text)
    common, fewest = len(pairs & theirs), min(len(pairs), len(theirs))
    return 100 * common // fewest if fewest and common >= FEWEST_PAIRS else 0


def _similar(percent: int, row: Any) -> Similar:
    return Similar(
        number=row.number,
        category=row.category,
        state=row.state,
        text=row.text,
        place=row.place,
        requested_at=row.requested_at,
        updated_at=row.updated_at,
        percent=percent,
    )
