"""Reads the arguments of GeoReport v2: those of every method, and the filters of GET requests.

Standard: GeoReport v2, Optional Arguments: an empty argument counts as none; GET Service Requests; date-times as
    http://www.w3.org/TR/NOTE-datetime with a zone. `page` and `page_size` extend it (open311.github.io#16).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from hotline.open311.errors import ArgumentWrong, JurisdictionUnknown
from hotline.rules import OPEN_STATES, State
from services.web.current import current_settings
from services.words import msgid

MOST_SPAN = timedelta(days=90)
MOST_ROWS = 1000
MOST_PAGE = 10_000
# A plus sign that nobody escaped arrives as a space.
_ZONE = re.compile(r" (?=\d{2}:?\d{2}$)")
STATUSES = {
    "open": frozenset(state.value for state in OPEN_STATES),
    "closed": frozenset(state.value for state in frozenset(State) - OPEN_STATES),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What GET requests is asked for; ids override all else."""

    numbers: Collection[str] | None
    categories: Collection[str] | None
    states: Collection[str] | None
    between: tuple[datetime, datetime]
    limit: int
    offset: int


def only(given: MultiDict[str, str], name: str) -> str | None:
    """The one value of an argument. Raises: ArgumentWrong 400 when two stand there."""
    values = [value.strip() for value in given.getlist(name)]
    if len(set(values)) > 1:
        raise ArgumentWrong(field=name, expected=msgid("只写一个"))
    return (values[0] or None) if values else None


def check_jurisdiction(given: MultiDict[str, str]) -> None:
    """Raises: JurisdictionUnknown 404 for another one than ours; none is needed."""
    asked = only(given, "jurisdiction_id")
    if asked is not None and asked.casefold() != jurisdiction_id():
        raise JurisdictionUnknown(own=jurisdiction_id())


def jurisdiction_id() -> str:
    """Ours: the site's host name without www, as the standard proposes."""
    host = urlsplit(current_settings().base_url).hostname or ""
    return host.removeprefix("www.")


def filters_of(given: MultiDict[str, str], now: datetime) -> Filters:
    """The filters of GET requests. Raises: ArgumentWrong 400."""
    limit = _whole(given, "page_size", MOST_ROWS, most=MOST_ROWS)
    page = _whole(given, "page", 1, most=MOST_PAGE)
    states: set[str] = set()
    for status in _list(given, "status") or ():
        if status not in STATUSES:
            raise ArgumentWrong(field="status", expected="open, closed")
        states |= STATUSES[status]
    return Filters(
        numbers=_list(given, "service_request_id"),
        categories=_list(given, "service_code"),
        states=states or None,
        between=_between(given, now),
        limit=limit,
        offset=(page - 1) * limit,
    )


def _between(given: MultiDict[str, str], now: datetime) -> tuple[datetime, datetime]:
    start, end = _instant(given, "start_date"), _instant(given, "end_date")
    if start is None and end is None:
        return now - MOST_SPAN, now
    if start is None or end is None:
        return (end - MOST_SPAN, end) if end is not None else (start or now, (start or now) + MOST_SPAN)
    if end < start:
        raise ArgumentWrong(field="end_date", expected=msgid("不早于 start_date"))
    if end - start > MOST_SPAN:
        raise ArgumentWrong(field="end_date", expected=msgid("与 start_date 相隔不超过 90 天"))
    return start, end


def _instant(given: MultiDict[str, str], name: str) -> datetime | None:
    text = only(given, name)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(_ZONE.sub("+", text))
        # The first and last years have no 90 days beside them, or none in UTC.
        is_sound = "T" in text.upper() and at.tzinfo is not None and 1900 < at.year < 9999
        at = at.astimezone(UTC) if is_sound else at
    except (ValueError, OverflowError):
        is_sound = False
    if not is_sound:
        raise ArgumentWrong(field=name, expected="2010-01-01T00:00:00Z")
    return at


def _list(given: MultiDict[str, str], name: str) -> list[str] | None:
    """A list with commas, an argument declared several times, or both."""
    values = [part.strip() for value in given.getlist(name) for part in value.split(",")]
    return [value for value in values if value] or None


def _whole(given: MultiDict[str, str], name: str, default: int, *, most: int) -> int:
    text = only(given, name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= most):
        raise ArgumentWrong(field=name, expected=f"1–{most}")
    return int(text)
