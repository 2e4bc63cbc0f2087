"""How long calls, letters and drafts are kept: data with its reason, and what is wrong with such data. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kept(StrEnum):
    """What is kept for a time and no longer; tickets are archives and not among it."""

    CALLS = "calls"
    LETTERS = "letters"
    DRAFTS = "drafts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long one kind is kept, on what clause, and why just so long."""

    kept: Kept
    days: int
    clause: str
    why: str

    @property
    def life(self) -> timedelta:
        """The time after which it goes."""
        return timedelta(days=self.days)


def complete(rules: Iterable[Rule]) -> dict[Kept, Rule]:
    """The rules by what they are about. Raises: ValueError where one is missing, so that nothing is kept for ever."""
    found = {rule.kept: rule for rule in rules}
    if set(found) != set(Kept):
        raise ValueError(f"no rule of retention for {sorted(set(Kept) - set(found))}")
    return found
