"""The demo city's bills: twelve months from four billers, through the billers' own files."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from ebills import actions, store
from ebills.rules import BillLine, write_file
from services.actor import Actor, ActorKind, system
from services.database.session import Session
from services.demo.city import SEED, City, Organisation, Resident

MONTHS = 12
# Per utility: unit, usage of a cold and of a mild month, fen per unit, fixed lines in fen.
TARIFFS: dict[str, tuple[str, tuple[int, int], int, tuple[tuple[str, int], ...]]] = {
    "electricity": ("kWh", (180, 320), 62, ()),
    "water": ("m³", (8, 22), 345, (("垃圾处理费", 600),)),
    "gas": ("m³", (12, 45), 300, ()),
    "broadband": ("月", (1, 1), 9900, ()),
}


def seed(session: Session, city: City) -> Iterator[str]:
    """Import the oldest month, let the holders link their accounts, import the others."""
    source = Random(f"{SEED}-bills")  # noqa: S311  # the same city every time
    months = _months(city.today)
    holders = [family[0] for family in city.households().values() if family[0].password]
    for biller in city.billers:
        values = {"code": biller.code, "name": biller.name, "name_en": biller.name_en, "utility": biller.kind}
        store.add_biller(session, values)
        actor = system("demo.biller")
        for order, month in enumerate(months):
            bills = [
                _bill(source, biller, number, holder, month, city.today)
                for number, holder in enumerate(holders)
            ]
            actions.import_bills(session, actor, text=write_file(biller.code, bills))
            if order == 0:
                _link(session, biller, holders, bills)
            if order % 4 == 0:
                yield f"{biller.code} {month:%Y-%m}"


def _months(today: date) -> list[date]:
    """The first days of the twelve months before this one, oldest first."""
    first = today.replace(day=1)
    months = []
    for _ in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(first)
    return months[::-1]


def _bill(
    source: Random, biller: Organisation, number: int, holder: Resident, month: date, today: date
) -> BillLine:
    unit, (least, most), price, fixed = TARIFFS[biller.kind]
    cold = 1.4 if month.month in {1, 2, 7, 8, 12} else 1.0
    usage = round(source.randint(least, most) * (cold if least != most else 1))
    period_to = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    issued_on = period_to + timedelta(days=5)
    due_on = issued_on + timedelta(days=20)
    lines = (("基本用量", usage * price), *fixed)
    # Most people pay; of the newest bill about a third is still open, and a few older ones too.
    is_paid = (due_on < today and source.random() > 0.03) or source.random() > 0.5
    paid_on = (
        min(due_on, today) - timedelta(days=source.randint(0, 9)) if is_paid and issued_on <= today else None
    )
    return BillLine(
        number=f"{month:%Y%m}{number:05d}",
        account=f"{biller.code}{31000000 + number}",
        address=holder.address,
        period_from=month,
        period_to=period_to,
        issued_on=issued_on,
        due_on=due_on,
        usage=usage,
        unit=unit,
        titles=tuple(title for title, _ in lines),
        amounts=tuple(amount for _, amount in lines),
        amount_minor=sum(amount for _, amount in lines),
        paid_on=paid_on,
    )


def _link(session: Session, biller: Organisation, holders: list[Resident], bills: list[BillLine]) -> None:
    for holder, bill in zip(holders, bills, strict=True):
        actor = Actor(kind=ActorKind.RESIDENT, account=holder.subject_id, subject=holder.subject_id)
        actions.link_account(
            session, actor, biller=biller.code, number=bill.account, amount_minor=bill.amount_minor
        )
