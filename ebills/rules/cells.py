"""The cells of one line of a biller's file: each read strictly, each fault noted and reading on. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from ebills.errors import Fault
from ebills.rules.bills import CURRENCY, MOST_AMOUNT_MINOR, BillLine, StatedBill
from ebills.rules.faults import FaultCode

MOST_USAGE = 10_000_000
MOST_BILL_LINES = 50
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
# One spelling per number: no plus, no leading zero, no minus zero, ASCII digits only.
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]*")


class Cells:
    """One line's cells by column; faults go to the list it was given, in place of an exception."""

    def __init__(self, line: int, cells: Mapping[str, str], faults: list[Fault]) -> None:
        self._line = line
        self._cells = cells
        self._faults = faults

    def bill(self, today: date) -> StatedBill | None:
        """The bill of this line, or None when something is to mend."""
        before = len(self._faults)
        lines = self.lines("lines")
        if self._cells["currency"] != CURRENCY:
            self._fault("currency", FaultCode.NOT_CNY, CURRENCY)
        bill = StatedBill(
            line=self._line,
            number=self.code("number", 40),
            account_number=self.code("account_number", 40),
            service_address=self.text("service_address", 200),
            period_from=self.day("period_from"),
            period_to=self.day("period_to"),
            issued_on=self.day("issued_on"),
            due_on=self.day("due_on"),
            usage=self.whole("usage", 0, MOST_USAGE),
            unit=self.text("unit", 10),
            lines=lines,
            amount_minor=self.whole("amount_minor", 1, MOST_AMOUNT_MINOR),
            paid_minor=self.whole("paid_minor", 0, MOST_AMOUNT_MINOR),
            paid_on=self.day("paid_on") if self._cells["paid_on"] else None,
        )
        if len(self._faults) == before:
            self._check(bill, today)
        return bill if len(self._faults) == before else None

    def code(self, name: str, most: int) -> str:
        """A code of capitals, digits and hyphens."""
        cell = self._cells[name]
        if len(cell) > most or not _CODE.fullmatch(cell):
            self._fault(name, FaultCode.NOT_A_CODE, f"[0-9A-Z-]{{1,{most}}}")
        return cell

    def text(self, name: str, most: int) -> str:
        """Words without control, direction or line characters, and without space round them."""
        cell = self._cells[name]
        if not _is_text(cell, most):
            self._fault(name, FaultCode.NOT_TEXT, f"1..{most}")
        return cell

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number in range."""
        cell = self._cells[name]
        if _WHOLE.fullmatch(cell) and least <= int(cell) <= most:
            return int(cell)
        self._fault(name, FaultCode.NOT_WHOLE, f"{least}..{most}")
        return 0

    def day(self, name: str) -> date:
        """A civil date of the calendar."""
        cell = self._cells[name]
        try:
            found = date.fromisoformat(cell) if _DATE.fullmatch(cell) else None
        except ValueError:
            found = None
        if found is None or not EARLIEST <= found <= LATEST:
            self._fault(name, FaultCode.NOT_A_DATE, "YYYY-MM-DD")
            return EARLIEST
        return found

    def lines(self, name: str) -> tuple[BillLine, ...]:
        """The lines of a bill: `title=fen|title=fen`."""
        parts = self._cells[name].split("|")
        found = [_bill_line(part) for part in parts[:MOST_BILL_LINES]]
        if len(parts) > MOST_BILL_LINES or None in found:
            self._fault(name, FaultCode.NOT_LINES, "title=fen|title=fen")
            return ()
        return tuple(line for line in found if line is not None)

    def _check(self, bill: StatedBill, today: date) -> None:
        """What two cells say about each other, once each is sound by itself."""
        if bill.amount_minor != sum(line.amount_minor for line in bill.lines):
            self._fault("amount_minor", FaultCode.WRONG_SUM, "sum(lines)")
        if bill.period_from > bill.period_to:
            self._fault("period_to", FaultCode.WRONG_ORDER, ">= period_from")
        if bill.issued_on > bill.due_on:
            self._fault("due_on", FaultCode.WRONG_ORDER, ">= issued_on")
        if bill.paid_minor > bill.amount_minor:
            self._fault("paid_minor", FaultCode.PAID_TOO_MUCH, "<= amount_minor")
        if (bill.paid_minor > 0) != (bill.paid_on is not None):
            self._fault("paid_on", FaultCode.PAID_WITHOUT_DATE, "YYYY-MM-DD")
        elif bill.paid_on is not None and bill.paid_on > today:
            self._fault("paid_on", FaultCode.IN_FUTURE, "<= today")

    def _fault(self, name: str, code: FaultCode, expected: str) -> None:
        self._faults.append(Fault(self._line, name, code, expected))


def _bill_line(part: str) -> BillLine | None:
    title, _, amount = part.rpartition("=")
    if not _is_text(title, 40) or "=" in title or not _WHOLE.fullmatch(amount):
        return None
    return BillLine(title, int(amount)) if abs(int(amount)) <= MOST_AMOUNT_MINOR else None


def _is_text(text: str, most: int) -> bool:
    """Category C holds controls, surrogates and the characters that turn the direction of reading."""
    if not 0 < len(text) <= most or text != text.strip():
        return False
    return not any(unicodedata.category(character) in _UNSEEN for character in text)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
