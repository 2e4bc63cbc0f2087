"""The public side of tickets as a table to take away: kind, district and state, and what operators released."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any

from hotline.actions.publishing import list_public_requests
from hotline.actions.statistics import stretch_of
from hotline.rules import OPEN_STATES, State
from services.clock import SHANGHAI
from services.database.session import Session

PAGE = 5000
COLUMNS = (
    "number", "category", "district", "state", "unit", "requested_at", "updated_at", "expected_at", "text", "place",
    "latitude", "longitude",
)  # fmt: skip
# A spreadsheet takes what begins so for a formula and runs it.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def write_open_data(
    session: Session, *, first: date | None = None, last: date | None = None, page: int = 1
) -> tuple[str, bool]:
    """A page of CSV (RFC 4180) of the tickets filed on these days, newest first, and whether there are more.

    Access: everybody; the table holds nothing of a person, and nothing of confidential and anonymous tickets.
    Raises: Invalid 422 for more than 366 days.
    """
    first, last = stretch_of(first, last)
    begins = datetime.combine(first, time.min, SHANGHAI)
    ends = datetime.combine(last, time.min, SHANGHAI) + timedelta(days=1, seconds=-1)
    rows = list_public_requests(session, between=(begins, ends), limit=PAGE + 1, offset=(page - 1) * PAGE)
    content = StringIO()
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows[:PAGE]:
        writer.writerow([_cell(_value(row, name)) for name in COLUMNS])
    return content.getvalue(), len(rows) > PAGE


def _value(row: Any, name: str) -> Any:
    if name == "state":
        return "open" if State(row.state) in OPEN_STATES else "closed"
    return getattr(row, name)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return str(value)
