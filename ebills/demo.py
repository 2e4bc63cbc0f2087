"""The demo city's bills: twelve months from four billers, through the billers' own files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ebills import actions
from ebills.rules.billers_file import write_file
from ebills.rules.bills import BillLine, StatedBill
from ebills.store import accounts as account_store
from services.actor import Actor, ActorKind, system
from services.database.session import Session
from services.demo.city import SEED, City, Organisation, Resident

MONTHS = 12
COLD_OR_HOT = frozenset({1, 2, 7, 8, 12})
FEWEST_DAYS, MOST_DAYS = 1, 18
LONGEST_OVERDUE = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Tariff:
    """How a utility charges. Units: fen per `unit`; `fixed` lines in fen a month."""

    unit: str
    least: int
    most: int
    price_minor: int
    title: str
    fixed: tuple[BillLine, ...] = ()


TARIFFS: Mapping[str, Tariff] = {
    "electricity": Tariff("kWh", 180, 320, 62, "电量电费"),
    "water": Tariff("m³", 8, 22, 345, "供水费", (BillLine("污水处理费", 1860), BillLine("垃圾处理费", 600))),
    "gas": Tariff("m³", 12, 45, 300, "燃气费"),
    "broadband": Tariff("月", 1, 1, 9900, "月租", (BillLine("合约优惠", -1000),)),
}


def seed(session: Session, city: City) -> Iterator[str]:
    """Import the oldest month, let the holders claim their accounts, import the others."""
    source = Random(f"{SEED}-ebills")  # noqa: S311  # the same city every time
    holders = [family[0] for family in city.households().values() if family[0].password]
    for biller in city.billers:
        account_store.add_biller(
            session,
            {"code": biller.code, "name": biller.name, "name_en": biller.name_en, "utility": biller.kind},
        )
        for order, month in enumerate(_months(city.today)):
            bills = [
                _bill(source, biller, number, holder, month, city.today)
                for number, holder in enumerate(holders)
            ]
            content = write_file(biller.code, bills)
            actions.create_import(session, system("demo.biller"), content=content)
            if order == 0:
                _claim(session, biller, holders, bills)
            if order % 4 == 3:
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
) -> StatedBill:
    tariff = TARIFFS[biller.kind]
    usage = source.randint(tariff.least, tariff.most)
    if month.month in COLD_OR_HOT and tariff.least != tariff.most:
        usage = usage * 7 // 5
    period_to = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    issued_on = period_to + timedelta(days=5)
    due_on = issued_on + timedelta(days=20)
    lines = (BillLine(tariff.title, usage * tariff.price_minor), *tariff.fixed)
    amount = sum(line.amount_minor for line in lines)
    paid, paid_on = _payment(source, amount, issued_on, due_on, today)
    return StatedBill(
        line=number + 3,
        number=f"{month:%Y%m}-{number:05d}",
        account_number=f"{biller.code}{31000000 + number}",
        service_address=holder.address,
        period_from=month,
        period_to=period_to,
        issued_on=issued_on,
        due_on=due_on,
        usage=usage,
        unit=tariff.unit,
        lines=lines,
        amount_minor=amount,
        paid_minor=paid,
        paid_on=paid_on,
    )


def _payment(
    source: Random, amount: int, issued_on: date, due_on: date, today: date
) -> tuple[int, date | None]:
    """What is past is paid, but for a few overdue bills of the last weeks; of the newest half are open or part paid."""
    luck, paid_on = source.random(), issued_on + timedelta(days=source.randint(FEWEST_DAYS, MOST_DAYS))
    if due_on < today - LONGEST_OVERDUE:
        return amount, paid_on
    if luck < (0.1 if due_on < today else 0.5) or paid_on > today:
        return 0, None
    return (amount // 2 if luck > 0.95 else amount), paid_on


def _claim(
    session: Session, biller: Organisation, holders: Sequence[Resident], bills: Sequence[StatedBill]
) -> None:
    for holder, bill in zip(holders, bills, strict=True):
        actor = Actor(kind=ActorKind.RESIDENT, account=holder.subject_id, subject=holder.subject_id)
        actions.claim_account(
            session,
            actor,
            biller=biller.code,
            account_number=bill.account_number,
            amount_minor=bill.amount_minor,
        )
