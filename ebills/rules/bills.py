"""What a bill is: its utility, its states, its sums, and why it differs from the one before. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.errors import IllegalTransition
from services.words import msgid

CURRENCY = "CNY"
MOST_AMOUNT_MINOR = 100_000_000  # one million yuan; a larger household bill is a mistake of the file


class Utility(StrEnum):
    """What is delivered."""

    ELECTRICITY = "electricity"
    WATER = "water"
    GAS = "gas"
    BROADBAND = "broadband"


UTILITY_TITLES: Mapping[Utility, str] = {
    Utility.ELECTRICITY: msgid("电费"),
    Utility.WATER: msgid("水费"),
    Utility.GAS: msgid("燃气费"),
    Utility.BROADBAND: msgid("宽带费"),
}


class State(StrEnum):
    """Where a bill stands. `overdue` is no state: it is told from the due date and the day of reading."""

    ISSUED = "issued"
    PART_PAID = "part_paid"
    PAID = "paid"


class Event(StrEnum):
    """What may happen to a bill."""

    PAY_PART = "pay_part"
    PAY_REST = "pay_rest"


# Every arrow there is; any other pair is refused. A paid bill has none: money goes back by a refund.
TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.ISSUED, Event.PAY_PART): State.PART_PAID,
    (State.ISSUED, Event.PAY_REST): State.PAID,
    (State.PART_PAID, Event.PAY_PART): State.PART_PAID,
    (State.PART_PAID, Event.PAY_REST): State.PAID,
}
OPEN_STATES = (State.ISSUED, State.PART_PAID)
STATE_TITLES: Mapping[State, str] = {
    State.ISSUED: msgid("待缴"),
    State.PART_PAID: msgid("已缴一部分"),
    State.PAID: msgid("已缴"),
}


def next_state(state: State, event: Event) -> State:
    """The state after an event. Raises: IllegalTransition 409 where the table has no arrow."""
    found = TRANSITIONS.get((state, event))
    if found is None:
        raise IllegalTransition
    return found


def state_when_paid(state: State, *, amount_minor: int, paid_minor: int) -> State:
    """The state of a bill once `paid_minor` of it is paid in all.

    Units: fen. Raises: IllegalTransition 409 when the bill was paid in full before.
    """
    event = Event.PAY_REST if paid_minor == amount_minor else Event.PAY_PART
    return next_state(state, event)


def state_at_issue(*, amount_minor: int, paid_minor: int) -> State:
    """The state in which a bill enters, which may already have been paid elsewhere. Units: fen."""
    if paid_minor == 0:
        return State.ISSUED
    return state_when_paid(State.ISSUED, amount_minor=amount_minor, paid_minor=paid_minor)


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a bill; a discount is negative. Units: fen."""

    title: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedBill:
    """One bill as a biller's file states it, on line `line`. Units: fen; `usage` in whole `unit`."""

    line: int
    number: str
    account_number: str
    service_address: str
    period_from: date
    period_to: date
    issued_on: date
    due_on: date
    usage: int
    unit: str
    lines: tuple[BillLine, ...]
    amount_minor: int
    paid_minor: int
    paid_on: date | None

    @property
    def content(self) -> str:
        """What may never change once imported, as one text; payment may, and is left out."""
        parts = (
            self.number,
            self.account_number,
            self.service_address,
            self.period_from,
            self.period_to,
            self.issued_on,
            self.due_on,
            self.usage,
            self.unit,
            self.amount_minor,
            *(f"{line.title}={line.amount_minor}" for line in self.lines),
        )
        return "\x1f".join(str(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Change:
    """How one line moved between two bills of an account. Units: fen."""

    title: str
    before_minor: int
    now_minor: int

    @property
    def difference_minor(self) -> int:
        """What the line adds to the new bill, or takes from it."""
        return self.now_minor - self.before_minor


def explain_change(now: Sequence[BillLine], before: Sequence[BillLine]) -> tuple[Change, ...]:
    """Line by line why a bill differs from the one before.

    The differences sum to the difference of the totals: nothing is left unexplained. Lines of the new bill
    come first, in its order; lines that fell away follow.
    """
    old, new = _by_title(before), _by_title(now)
    return tuple(Change(title, old.get(title, 0), new.get(title, 0)) for title in dict.fromkeys((*new, *old)))


def _by_title(lines: Sequence[BillLine]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.title] = totals.get(line.title, 0) + line.amount_minor
    return totals
