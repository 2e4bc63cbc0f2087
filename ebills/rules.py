"""Bills in integer fen: their states, the biller's file and its checks. Pure."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ebills.errors import FileRefused
from services.words import msgid


class State(StrEnum):
    """Where a bill stands."""

    ISSUED = "issued"
    PAID = "paid"
    VOID = "void"


class Event(StrEnum):
    """What may happen to a bill."""

    MARK_PAID = "mark_paid"
    VOID = "void"


TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.ISSUED, Event.MARK_PAID): State.PAID,
    (State.ISSUED, Event.VOID): State.VOID,
}
STATE_TITLES: Mapping[State, str] = {
    State.ISSUED: msgid("待缴"),
    State.PAID: msgid("已缴"),
    State.VOID: msgid("已作废"),
}


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

CURRENCY = "CNY"
MOST_AMOUNT_MINOR = 100_000_000  # one million yuan; larger is a mistake of the file
MOST_LINES = 20_000
MAGIC = "citizen-bills"
VERSION = "1"
COLUMNS = (
    "number",
    "account",
    "address",
    "period_from",
    "period_to",
    "issued_on",
    "due_on",
    "usage",
    "unit",
    "lines",
    "amount_minor",
    "currency",
    "paid_on",
)
_WIDTHS = {"number": 40, "account": 40, "address": 200, "unit": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One bill as a biller's file states it. `titles` and `amounts` are its lines, summing to `amount_minor`."""

    number: str
    account: str
    address: str
    period_from: date
    period_to: date
    issued_on: date
    due_on: date
    usage: int
    unit: str
    titles: tuple[str, ...]
    amounts: tuple[int, ...]
    amount_minor: int
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class BillFile:
    """A whole file: whose it is and its bills; count and total were checked."""

    biller: str
    bills: tuple[BillLine, ...]


Fault = tuple[int, str, str]


def parse_file(text: str) -> BillFile:
    """Read a biller's file.

    Shapes: CSV in UTF-8. The first line is a control record: `citizen-bills,1,<biller>,<count>,<total in fen>`;
        the second names the columns in `COLUMNS` order; `lines` holds `title=fen` parts joined by `|`.
    Units: integer fen; dates ISO 8601; usage in whole units.
    Raises: FileRefused listing every fault by line and field, never by value.
    """
    rows = list(csv.reader(io.StringIO(text)))
    faults: list[Fault] = []
    biller, count, total = _control(rows, faults)
    if len(rows) < 2 or tuple(rows[1]) != COLUMNS:
        faults.append((2, "header", ",".join(COLUMNS)))
    if len(rows) - 2 > MOST_LINES:
        faults.append((MOST_LINES, "count", f"1..{MOST_LINES}"))
    if faults:
        raise FileRefused(faults)
    bills = [bill for place, row in enumerate(rows[2:], 3) if (bill := _bill(place, row, faults))]
    if not faults:
        _check_control(bills, count, total, faults)
    if faults:
        raise FileRefused(faults)
    return BillFile(biller, tuple(bills))


def write_file(biller: str, bills: Sequence[BillLine]) -> str:
    """The file of these bills, as `parse_file` reads it."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([MAGIC, VERSION, biller, len(bills), sum(bill.amount_minor for bill in bills)])
    writer.writerow(COLUMNS)
    for bill in bills:
        lines = "|".join(f"{title}={amount}" for title, amount in zip(bill.titles, bill.amounts, strict=True))
        writer.writerow(
            [
                bill.number, bill.account, bill.address, bill.period_from, bill.period_to, bill.issued_on,
                bill.due_on, bill.usage, bill.unit, lines, bill.amount_minor, CURRENCY, bill.paid_on or "",
            ]
        )  # fmt: skip
    return target.getvalue()


def _control(rows: Sequence[Sequence[str]], faults: list[Fault]) -> tuple[str, int, int]:
    first = rows[0] if rows else []
    if len(first) != 5 or first[0] != MAGIC or first[1] != VERSION or not (first[3] + first[4]).isdigit():
        faults.append((1, "control", f"{MAGIC},{VERSION},biller,count,total"))
        return "", 0, 0
    return first[2], int(first[3]), int(first[4])


def _check_control(bills: Sequence[BillLine], count: int, total: int, faults: list[Fault]) -> None:
    if count != len(bills):
        faults.append((1, "count", msgid("控制行的张数和文件里的张数相等")))
    if total != sum(bill.amount_minor for bill in bills):
        faults.append((1, "total", msgid("控制行的总额和各张账单之和相等")))
    if len({bill.number for bill in bills}) != len(bills):
        faults.append((1, "number", msgid("同一文件里账单号不重复")))


def _bill(place: int, row: Sequence[str], faults: list[Fault]) -> BillLine | None:
    if len(row) != len(COLUMNS):
        faults.append((place, "columns", str(len(COLUMNS))))
        return None
    cells = dict(zip(COLUMNS, row, strict=True))
    before = len(faults)
    for name, width in _WIDTHS.items():
        if not 0 < len(cells[name]) <= width or not cells[name].isprintable():
            faults.append((place, name, f"1..{width}"))
    if cells["currency"] != CURRENCY:
        faults.append((place, "currency", CURRENCY))
    dates = {
        name: _date(place, name, cells[name], faults)
        for name in ("period_from", "period_to", "issued_on", "due_on")
    }
    paid_on = _date(place, "paid_on", cells["paid_on"], faults) if cells["paid_on"] else None
    usage = _whole(place, "usage", cells["usage"], faults)
    amount = _whole(place, "amount_minor", cells["amount_minor"], faults)
    titles, amounts = _lines(place, cells["lines"], faults)
    if len(faults) > before:
        return None
    if amount != sum(amounts):
        faults.append((place, "amount_minor", msgid("等于各行之和")))
    if dates["period_from"] > dates["period_to"] or dates["issued_on"] > dates["due_on"]:
        faults.append((place, "due_on", msgid("日期的先后要对")))
    return BillLine(
        number=cells["number"],
        account=cells["account"],
        address=cells["address"],
        usage=usage,
        unit=cells["unit"],
        titles=titles,
        amounts=amounts,
        amount_minor=amount,
        paid_on=paid_on,
        **dates,
    )


def _date(place: int, name: str, text: str, faults: list[Fault]) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append((place, name, "YYYY-MM-DD"))
        return date.min


def _whole(place: int, name: str, text: str, faults: list[Fault]) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= MOST_AMOUNT_MINOR:
        return int(text)
    faults.append((place, name, f"0..{MOST_AMOUNT_MINOR}"))
    return 0


def _lines(place: int, text: str, faults: list[Fault]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    titles, amounts = [], []
    for part in text.split("|"):
        title, _, amount = part.partition("=")
        if not 0 < len(title) <= 40 or not amount.isascii() or not amount.isdigit() or len(amount) > 9:
            faults.append((place, "lines", "title=fen|title=fen"))
            return (), ()
        titles.append(title)
        amounts.append(int(amount))
    return tuple(titles), tuple(amounts)
