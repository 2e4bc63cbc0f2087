"""The privacy alarm: what is a person's must not stand in a log, an audit row, a job or a problem."""

from collections.abc import Iterable

SHORTEST = 2


class PrivacyAlarm:
    """Collects private values while a test runs, and what left the system; then compares."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._left: list[tuple[str, str]] = []

    def watch(self, *values: str | None) -> None:
        """These values are somebody's own."""
        self._values |= {value for value in values if value and len(value) >= SHORTEST}

    def forget(self, *values: str) -> None:
        """For the one test that plants a leak on purpose."""
        self._values -= set(values)

    def saw(self, where: str, texts: Iterable[str]) -> None:
        """These texts left the system."""
        self._left += [(where, text) for text in texts]

    def leaks(self) -> list[str]:
        """Where a private value got out; the value itself is not repeated."""
        return sorted({where for where, text in self._left for value in self._values if value in text})
