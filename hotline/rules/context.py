"""A resident's consent that an operator may hear how they stand elsewhere: how long each kind holds. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.words import msgid


class GrantKind(StrEnum):
    """For what a consent holds."""

    # For whichever ticket of the resident's an operator holds.
    STANDING = "standing"
    TICKET = "ticket"
    CALL = "call"


KIND_TITLES: Mapping[GrantKind, str] = {
    GrantKind.STANDING: msgid("我的每一件诉求"),
    GrantKind.TICKET: msgid("这一件诉求"),
    GrantKind.CALL: msgid("这一次通话"),
}
# The longest a consent may hold: nobody remembers one that they gave years ago.
STANDING_DAYS = (30, 90, 365)
TICKET_LIFE = timedelta(days=30)
CALL_LIFE = timedelta(minutes=30)
# What a resident reads out on the telephone: who calls is not proven by the number they call from.
CODE_LIFE = timedelta(minutes=10)
CODE_DIGITS = 8
MOST_GUESSES = 5
GUESSED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Guesses:
    """Wrong codes of one operator since an instant."""

    count: int
    since: datetime


def seconds_to_wait(guesses: Guesses, at: datetime) -> int:
    """How long an operator who guessed too often waits; 0 for nobody else."""
    ends = guesses.since + GUESSED_WITHIN
    return 0 if guesses.count < MOST_GUESSES or at >= ends else max(1, int((ends - at).total_seconds()))


def one_more(guesses: Guesses, at: datetime) -> Guesses:
    """The count after another wrong code."""
    is_over = at >= guesses.since + GUESSED_WITHIN
    return Guesses(1, at) if is_over else Guesses(guesses.count + 1, guesses.since)
