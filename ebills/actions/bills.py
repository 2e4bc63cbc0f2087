"""Reading bills and accounts. The list is the suite's hottest path: one statement, one key, tuples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from ebills import store
from ebills.models import accounts, bills
from ebills.rules import State
from services import audit, vault
from services.actor import Actor
from services.database.session import Session
from services.errors import Denied, NotFound

FIELDS = ["account", "address"]


class BillRow(NamedTuple):
    """A bill of a list, its two sealed fields opened. Amounts in fen."""

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
    paid_on: date | None
    account: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillView:
    """One bill whole."""

    bill: BillRow
    lines: tuple[tuple[str, int], ...]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """A service account with its sealed fields opened."""

    id: UUID
    biller: str
    number: str
    address: str
    linked_at: datetime | None


def subject_of(actor: Actor) -> UUID:
    """Whose bills the actor may see: those of the one subject it acts for."""
    if actor.subject is None:
        raise Denied
    return actor.subject


def list_bills(
    session: Session,
    actor: Actor,
    *,
    limit: int,
    after: tuple[date, UUID] | None = None,
    state: State | None = None,
) -> list[BillRow]:
    """The bills of the actor's subject, newest first.

    Units: amounts in fen. Access: scope ebills:read.
    Effects: one audit row ebills.bills.read for the fields that were opened.
    """
    subject = subject_of(actor)
    rows = store.list_bills(session, subject, limit=limit, after=after, state=state)
    found = _opened(session, subject, rows)
    if found:
        details: audit.Details = {"fields": FIELDS, "count": len(found)}
        audit.append(session, actor, "ebills.bills.read", subject_id=subject, details=details)
    return found


def _opened(session: Session, subject: UUID, rows: Sequence[tuple[Any, ...]]) -> list[BillRow]:
    if not rows:
        return []
    unseal = vault.cipher_for(session, subject).unseal_text
    account, address = bills.c.account_sealed, bills.c.address_sealed
    return [
        BillRow._make((*row[:14], unseal(account, row[0], row[14]), unseal(address, row[0], row[15])))
        for row in rows
    ]


def read_bill(session: Session, actor: Actor, *, bill_id: UUID) -> BillView:
    """One bill with its lines.

    Access: scope ebills:read. Effects: audit ebills.bill.read. Raises: NotFound 404.
    """
    subject = subject_of(actor)
    row = store.find_bill(session, subject, bill_id)
    if row is None:
        raise NotFound
    cipher = vault.cipher_for(session, subject)
    details = {"bill_id": str(bill_id), "fields": FIELDS}
    audit.append(session, actor, "ebills.bill.read", subject_id=subject, details=details)
    opened = BillRow(
        **{name: getattr(row, name) for name in BillRow._fields if name not in FIELDS},
        account=cipher.unseal_text(bills.c.account_sealed, row.id, row.account_sealed),
        address=cipher.unseal_text(bills.c.address_sealed, row.id, row.address_sealed),
    )
    lines = tuple(zip(row.line_titles, row.line_amounts, strict=True))
    return BillView(bill=opened, lines=lines, version=row.version)


def list_history(
    session: Session, actor: Actor, *, account_id: UUID, limit: int = 12
) -> list[tuple[UUID, date, int]]:
    """(bill, end of period, amount in fen) of an account's newest bills, oldest first; nothing is unsealed."""
    rows = store.list_history(session, subject_of(actor), account_id, limit)
    return [(row.id, row.period_to, row.amount_minor) for row in reversed(rows)]


def list_accounts(session: Session, actor: Actor) -> list[AccountView]:
    """The service accounts of the actor's subject.

    Access: scope ebills:read. Effects: one audit row ebills.accounts.read.
    """
    subject = subject_of(actor)
    rows = store.list_accounts(session, subject)
    if not rows:
        return []
    cipher = vault.cipher_for(session, subject)
    details: audit.Details = {"fields": ["number", "address"], "count": len(rows)}
    audit.append(session, actor, "ebills.accounts.read", subject_id=subject, details=details)
    return [
        AccountView(
            id=row.id,
            biller=row.biller,
            number=cipher.unseal_text(accounts.c.number_sealed, row.id, row.number_sealed),
            address=cipher.unseal_text(accounts.c.address_sealed, row.id, row.address_sealed),
            linked_at=row.linked_at,
        )
        for row in rows
    ]
