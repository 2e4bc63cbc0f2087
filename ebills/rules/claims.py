"""Claiming a service account: how its number is written, and how often a wrong proof may be tried. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


def normal_number(number: str) -> str:
    """An account number as the registry knows it: full-width digits narrowed, spaces gone, capitals."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


@dataclass(frozen=True, slots=True)
class ClaimLimit:
    """So many wrong proofs of one resident within the window; then it has to pass."""

    failures: int
    window: timedelta


# The newest bill's amount is worth some hundred guesses, so production stops at the sixth.
CLAIM_LIMITS: Mapping[str, ClaimLimit] = {
    "production": ClaimLimit(5, timedelta(hours=24)),
    "demo": ClaimLimit(100, timedelta(minutes=1)),
}


@dataclass(frozen=True, slots=True)
class Failures:
    """How many wrong proofs a resident gave since when."""

    count: int
    window_started_at: datetime


def count_failure(limit: ClaimLimit, failures: Failures, at: datetime) -> Failures:
    """The count after one more wrong proof; the first after a window has passed starts a new one."""
    if at - failures.window_started_at >= limit.window:
        return Failures(1, at)
    return Failures(failures.count + 1, failures.window_started_at)


def seconds_to_wait(limit: ClaimLimit, failures: Failures, at: datetime) -> int:
    """Whole seconds until another proof is looked at; 0 when it may be now."""
    ends_at = failures.window_started_at + limit.window
    if failures.count < limit.failures or at >= ends_at:
        return 0
    return ceil((ends_at - at).total_seconds())
