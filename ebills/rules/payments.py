"""What a later file says about the payment of a known bill. Pure."""

from dataclasses import dataclass
from datetime import date

from ebills.rules.bills import State, StatedBill, state_when_paid


@dataclass(frozen=True, slots=True)
class Payment:
    """A bill's standing after a payment. Units: fen, paid in all."""

    state: State
    paid_minor: int
    paid_on: date | None


def find_payment(bill: StatedBill, *, state: str, paid_minor: int) -> Payment | None:
    """The payment that a file brings for a bill standing thus, or None when it brings none.

    Raises: IllegalTransition 409 when the bill was paid in full before.
    """
    if bill.paid_minor <= paid_minor:
        return None
    after = state_when_paid(State(state), amount_minor=bill.amount_minor, paid_minor=bill.paid_minor)
    return Payment(after, bill.paid_minor, bill.paid_on)
