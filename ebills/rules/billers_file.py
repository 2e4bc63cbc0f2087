"""The file in which a biller sends its bills: how it is written, read, and refused line by line. Pure.

CSV, because billing systems export it, one bill stands on one line, so that a fault has a line number, and it
can be checked as it streams. UTF-8 without a byte order mark; lines end in LF or CRLF (RFC 4180) and a bill
never spans two. The first line is the control record, the second names the columns:

    citizen-bills,1,SEPC,2,31250
    number,account_number,service_address,period_from,...
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ebills.errors import Fault, FileRefused
from ebills.rules.bills import CURRENCY, StatedBill
from ebills.rules.cells import Cells
from ebills.rules.faults import FaultCode

MAGIC = "citizen-bills"
VERSION = "1"
CONTROL = f"{MAGIC},{VERSION},BILLER,COUNT,TOTAL_IN_FEN"
COLUMNS = (
    "number",
    "account_number",
    "service_address",
    "period_from",
    "period_to",
    "issued_on",
    "due_on",
    "usage",
    "unit",
    "lines",
    "amount_minor",
    "currency",
    "paid_minor",
    "paid_on",
)
MOST_BILLS = 10_000
MOST_LINE_LENGTH = 4_000
FIRST_BILL_LINE = 3


@dataclass(frozen=True, slots=True)
class BillersFile:
    """A whole file whose count and total agree: whose it is, and its bills."""

    biller: str
    bills: tuple[StatedBill, ...]

    @property
    def total_minor(self) -> int:
        """The sum of its bills, in fen."""
        return sum(bill.amount_minor for bill in self.bills)


def parse_file(content: bytes, *, today: date) -> BillersFile:
    """Read a biller's file; all of it is sound, or none of it is taken.

    Shapes: as the module says; `lines` holds `title=fen` parts joined by `|`, a discount negative; `paid_on`
        is empty while nothing is paid.
    Units: integer fen; dates ISO 8601; usage in whole units.
    Raises: FileRefused with every fault by line and field, never by value.
    """
    rows = list(_rows(_text(content)))
    faults: list[Fault] = [row for row in rows if isinstance(row, Fault)]
    biller, count, total = _control(rows, faults)
    if len(rows) < FIRST_BILL_LINE - 1 or rows[1] != list(COLUMNS):
        faults.append(Fault(2, "header", FaultCode.HEADER, ",".join(COLUMNS)))
    if len(rows) - 2 > MOST_BILLS:
        faults.append(Fault(len(rows), "count", FaultCode.TOO_MANY_BILLS, f"1..{MOST_BILLS}"))
    if any(fault.line < FIRST_BILL_LINE or fault.code == FaultCode.TOO_MANY_BILLS for fault in faults):
        raise FileRefused(faults)
    bills = []
    for line, row in enumerate(rows[2:], FIRST_BILL_LINE):
        if not isinstance(row, Fault):
            bills.append(_bill(line, row, faults, today))
    faults += _repeated(bills)
    if not faults:
        faults += _disagreements(bills, count, total)
    if faults:
        raise FileRefused(sorted(faults, key=lambda fault: fault.line))
    return BillersFile(biller, tuple(bill for bill in bills if bill is not None))


def write_file(biller: str, bills: Sequence[StatedBill]) -> bytes:
    """The file of these bills, as `parse_file` reads it."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([MAGIC, VERSION, biller, len(bills), sum(bill.amount_minor for bill in bills)])
    writer.writerow(COLUMNS)
    for bill in bills:
        lines = "|".join(f"{line.title}={line.amount_minor}" for line in bill.lines)
        stated = {"lines": lines, "currency": CURRENCY, "paid_on": bill.paid_on or ""}
        writer.writerow([stated[name] if name in stated else getattr(bill, name) for name in COLUMNS])
    return target.getvalue().encode()


def _text(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        raise FileRefused([Fault(1, "encoding", FaultCode.BYTE_ORDER_MARK, "UTF-8")])
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileRefused([Fault(line, "encoding", FaultCode.NOT_UTF8, "UTF-8")]) from None


def _rows(text: str) -> Iterator[list[str] | Fault]:
    """Each physical line by itself, so that one broken quote cannot swallow the lines after it."""
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        if len(line) > MOST_LINE_LENGTH:
            yield Fault(number, "line", FaultCode.LINE_TOO_LONG, f"1..{MOST_LINE_LENGTH}")
            continue
        try:
            yield next(csv.reader([line.removesuffix("\r")], strict=True), [])
        except csv.Error:
            yield Fault(number, "line", FaultCode.NOT_CSV, "RFC 4180")


def _control(rows: Sequence[list[str] | Fault], faults: list[Fault]) -> tuple[str, int, int]:
    first = rows[0] if rows else []
    if not isinstance(first, Fault) and len(first) == 5 and first[:2] == [MAGIC, VERSION]:
        cells = Cells(1, dict(zip(("biller", "count", "total"), first[2:], strict=True)), faults)
        # The total of many bills outgrows the most that one may cost.
        total = cells.whole("total", 0, 10**15)
        return cells.code("biller", 20), cells.whole("count", 1, MOST_BILLS), total
    faults.append(Fault(1, "control", FaultCode.CONTROL, CONTROL))
    return "", 0, 0


def _bill(line: int, row: Sequence[str], faults: list[Fault], today: date) -> StatedBill | None:
    if len(row) != len(COLUMNS):
        faults.append(Fault(line, "columns", FaultCode.COLUMNS, str(len(COLUMNS))))
        return None
    return Cells(line, dict(zip(COLUMNS, row, strict=True)), faults).bill(today)


def _repeated(bills: Sequence[StatedBill | None]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for bill in bills:
        if bill is None:
            continue
        if bill.number in seen:
            faults.append(Fault(bill.line, "number", FaultCode.REPEATED_NUMBER, "unique"))
        seen.add(bill.number)
    return faults


def _disagreements(bills: Sequence[StatedBill | None], count: int, total: int) -> list[Fault]:
    faults = []
    if count != len(bills):
        faults.append(Fault(1, "count", FaultCode.WRONG_COUNT, "COUNT"))
    if total != sum(bill.amount_minor for bill in bills if bill is not None):
        faults.append(Fault(1, "total", FaultCode.WRONG_TOTAL, "TOTAL_IN_FEN"))
    return faults
