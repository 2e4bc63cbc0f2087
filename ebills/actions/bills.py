"""Reading bills. The list is the suite's hottest path: one statement, one key, tuples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping

from ebills import models
from ebills.access import reach_of, subject_of
from ebills.actions.limits import find_admitted
from ebills.rules.bills import BillLine, Change, State, explain_change
from ebills.store import accounts as account_store
from ebills.store import bills as store
from services import audit, vault
from services.actor import Actor
from services.audit.leaf import Detail
from services.database.session import Session
from services.errors import NotFound

FIELDS = ("account_number", "service_address")


class BillRow(NamedTuple):
    """A bill of a list, its two sealed fields opened. Units: fen; `usage` in whole `unit`."""

    id: UUID
    account_id: UUID
    biller: str
    number: str
    period_from: date
    period_to: date
    issued_on: date
    due_on: date
    usage: int
    unit: str
    amount_minor: int
    currency: str
    state: str
    paid_minor: int
    paid_on: date | None
    account_number: str
    service_address: str


class Past(NamedTuple):
    """A bill of an account's history: what a chart needs. Units: fen."""

    id: UUID
    period_to: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A bill beside the one before it. Units: fen; `usage_difference` is None where the unit changed."""

    period_to: date
    difference_minor: int
    usage_difference: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillView:
    """One bill whole; `history` (oldest first, this bill last) and `comparison` only where asked for."""

    bill: BillRow
    lines: tuple[BillLine, ...]
    version: int
    history: tuple[Past, ...] = ()
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStanding:
    """An account with what is owed on it and the bill that matters, if any. Units: fen."""

    id: UUID
    biller: str
    account_number: str
    service_address: str
    due_count: int
    due_minor: int
    bill_id: UUID | None
    period_to: date | None
    due_on: date | None
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A subject's accounts, the soonest due first, and what they owe together. Units: fen."""

    due_minor: int
    next_due_on: date | None
    accounts: tuple[AccountStanding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueBill:
    """The open bill that is due soonest; nothing sealed. Units: fen."""

    id: UUID
    utility: str
    period_to: date
    due_on: date
    due_minor: int


def list_bills(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    after: tuple[date, UUID] | None = None,
    state: State | None = None,
) -> list[BillRow]:
    """The bills of the actor's subject, newest first.

    Shapes: `after` is (issued_on, id) of the last bill that was seen.
    Units: fen. Access: scope ebills:read. Effects: one audit row ebills.bills.read.
    """
    subject, limits = reach_of(actor)
    admitted = find_admitted(session, subject, limits)
    accounts = None if admitted is None else sorted(admitted)
    rows = store.list_bills(session, subject, limit=limit, after=after, state=state, accounts=accounts)
    found = _opened(session, subject, rows)
    details: Mapping[str, Detail] = {"fields": FIELDS, "count": len(found)}
    audit.append(session, actor, "ebills.bills.read", subject_id=subject, details=details)
    return found


def _opened(session: Session, subject: UUID, rows: Sequence[tuple[Any, ...]]) -> list[BillRow]:
    if not rows:
        return []
    unseal = vault.cipher_for(session, subject).unseal_text
    number, address = models.bills.c.account_number_sealed, models.bills.c.service_address_sealed
    return [
        BillRow._make((*row[:15], unseal(number, row[0], row[15]), unseal(address, row[0], row[16])))
        for row in rows
    ]


def read_bill(session: Session, actor: Actor, *, bill_id: UUID, history: int = 0) -> BillView:
    """One bill with its lines, and with as many bills of its account's history as asked for.

    Units: fen. Access: scope ebills:read. Effects: one audit row ebills.bill.read. Raises: NotFound 404.
    """
    subject, limits = reach_of(actor)
    row = store.find_bill(session, subject, bill_id)
    admitted = find_admitted(session, subject, limits)
    if row is None or (admitted is not None and row["account_id"] not in admitted):
        raise NotFound
    cipher = vault.cipher_for(session, subject)
    opened = {
        field: cipher.unseal_text(models.bills.c[f"{field}_sealed"], bill_id, row[f"{field}_sealed"])
        for field in FIELDS
    }
    bill = BillRow._make(opened[name] if name in opened else row[name] for name in BillRow._fields)
    details: Mapping[str, Detail] = {"bill_id": str(bill_id), "fields": FIELDS}
    audit.append(session, actor, "ebills.bill.read", subject_id=subject, details=details)
    if not history:
        return BillView(bill=bill, lines=_lines(row), version=row["version"])
    past = store.list_history(session, subject, bill.account_id, until=bill.period_to, limit=history)
    # Another bill of the same period may stand beside this one, which is always the last of its own history.
    earlier = [one for one in past if one["id"] != bill_id]
    return BillView(
        bill=bill,
        lines=_lines(row),
        version=row["version"],
        history=tuple(
            Past(one["id"], one["period_to"], one["amount_minor"]) for one in (*reversed(earlier), row)
        ),
        comparison=_compare(row, earlier[0]) if earlier else None,
    )


def _lines(row: RowMapping) -> tuple[BillLine, ...]:
    return tuple(BillLine(*pair) for pair in zip(row["line_titles"], row["line_amounts"], strict=True))


def _compare(now: RowMapping, before: RowMapping) -> Comparison:
    return Comparison(
        period_to=before["period_to"],
        difference_minor=now["amount_minor"] - before["amount_minor"],
        usage_difference=now["usage"] - before["usage"] if now["unit"] == before["unit"] else None,
        changes=explain_change(_lines(now), _lines(before)),
    )


def read_overview(session: Session, actor: Actor) -> Overview:
    """Every account of the actor's subject with what is owed.

    Units: fen. Access: scope ebills:read. Effects: one audit row ebills.bills.read.
    """
    subject = subject_of(actor)
    rows = account_store.list_standings(session, subject)
    details: Mapping[str, Detail] = {"fields": FIELDS, "count": len(rows)}
    audit.append(session, actor, "ebills.bills.read", subject_id=subject, details=details)
    if not rows:
        return Overview(due_minor=0, next_due_on=None, accounts=())
    unseal = vault.cipher_for(session, subject).unseal_text
    columns = models.accounts.c
    standings = tuple(
        AccountStanding(
            id=row["id"],
            biller=row["biller"],
            account_number=unseal(columns.account_number_sealed, row["id"], row["account_number_sealed"]),
            service_address=unseal(columns.service_address_sealed, row["id"], row["service_address_sealed"]),
            due_count=row["due_count"],
            due_minor=int(row["due_minor"]),
            bill_id=row["bill_id"],
            period_to=row["period_to"],
            due_on=row["due_on"],
            state=row["state"],
        )
        for row in rows
    )
    return Overview(
        due_minor=sum(one.due_minor for one in standings),
        next_due_on=min((one.due_on for one in standings if one.due_count and one.due_on), default=None),
        accounts=standings,
    )


def read_next_due(session: Session, actor: Actor) -> DueBill | None:
    """The open bill of the actor's subject that is due soonest, if any; nothing is unsealed."""
    row = store.find_next_due(session, subject_of(actor))
    if row is None:
        return None
    utility = account_store.list_billers(session)[row.biller].utility
    return DueBill(
        id=row.id, utility=utility, period_to=row.period_to, due_on=row.due_on, due_minor=row.due_minor
    )


def count_due(session: Session, actor: Actor) -> int:
    """How many bills of the actor's subject are open; nothing is unsealed."""
    return store.count_due(session, subject_of(actor))
