"""The one source of time, so that tests and the demo city can hold it still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_held: ContextVar[datetime | None] = ContextVar("clock_held", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


def today() -> date:
    """The civil date in Shanghai, by which due dates and ages are counted."""
    return now().astimezone(SHANGHAI).date()


@contextmanager
def held(at: datetime) -> Iterator[None]:
    """Hold the clock at an aware instant for this context (tests, demo city)."""
    token = _held.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
