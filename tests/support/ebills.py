"""Bills as billers send them, made for tests."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert

from ebills.models import billers
from ebills.rules.billers_file import write_file
from ebills.rules.bills import BillLine, StatedBill
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from tests.support.doors import Bearer

BILLER = "SEPC"
OTHER = "SWTR"
ADDRESS = "西浦区梧桐街 357 弄 41 号 2404 室"
NUMBER = "SEPC31000777"
BILL = StatedBill(
    line=3,
    number="202610-00042",
    account_number=NUMBER,
    service_address=ADDRESS,
    period_from=date(2026, 10, 1),
    period_to=date(2026, 10, 31),
    issued_on=date(2026, 11, 5),
    due_on=date(2026, 11, 28),
    usage=382,
    unit="kWh",
    lines=(BillLine("峰时", 13268), BillLine("谷时", 5376)),
    amount_minor=18644,
    paid_minor=0,
    paid_on=None,
)


def bill(**given: Any) -> StatedBill:
    """The bill of October with something else in it; a new amount comes as one line."""
    if "amount_minor" in given and "lines" not in given:
        given["lines"] = (BillLine("电量电费", given["amount_minor"]),)
    return replace(BILL, **given)


def month(number: int, **given: Any) -> StatedBill:
    """The bill of one month of 2026, issued on the fifth of the next."""
    stated = {
        "number": f"2026{number:02d}-00042",
        "period_from": date(2026, number, 1),
        "period_to": date(2026, number, 28),
        "issued_on": date(2026, number + 1, 5),
        "due_on": date(2026, number + 1, 28),
    }
    return bill(**{**stated, **given})


def add_billers(database: Database) -> None:
    """The two companies of the tests."""
    with database.transaction(Opening(role=Role.WORKER)) as session:
        for code, utility in ((BILLER, "electricity"), (OTHER, "water")):
            values = {"code": code, "name": "城市供应", "name_en": "City Supply", "utility": utility}
            session.execute(upsert(billers).on_conflict_do_nothing(), values)


def send(who: Bearer, *bills: StatedBill, biller: str = BILLER, content: bytes | None = None) -> Any:
    """Send a file as the biller's system does."""
    content = write_file(biller, bills) if content is None else content
    return who.post("/ebills/v1/imports", data=content, headers={"Content-Type": "text/csv"})


def claim(who: Bearer, stated: StatedBill = BILL, **given: Any) -> Any:
    """Claim the account of a bill with the paper in hand."""
    body = {"biller": BILLER, "account_number": stated.account_number, "amount_minor": stated.amount_minor}
    return who.post("/ebills/v1/accounts", json={**body, **given})
