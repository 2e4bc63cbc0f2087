"""Importing a biller's file: all of it or nothing, and the same file twice changes nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, RowMapping

from ebills.access import may_import, visible_imports
from ebills.actions.holders import Holder, find_holders
from ebills.actions.numbers import bill_digest, content_digest
from ebills.errors import Fault, FileRefused, NotTheBiller
from ebills.models import bills as columns
from ebills.rules.billers_file import BillersFile, parse_file
from ebills.rules.bills import CURRENCY, StatedBill, state_at_issue
from ebills.rules.faults import FaultCode
from ebills.rules.payments import Payment, find_payment
from ebills.store import accounts as account_store
from ebills.store import bills as bill_store
from ebills.store import imports as store
from services import audit, clock, ids, jobs
from services.actor import Actor
from services.database.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did; `is_repeat` when this very file was imported before. Units: fen."""

    id: UUID
    biller: str
    bill_count: int
    new_count: int
    paid_count: int
    total_minor: int
    imported_at: datetime
    is_repeat: bool = False


RECORDED = tuple(item.name for item in fields(ImportResult) if item.name != "is_repeat")


@dataclass(slots=True)
class _Sorted:
    """The bills of a file: new ones, payments of known ones, and what contradicts an earlier file."""

    fresh: list[tuple[bytes, StatedBill]] = field(default_factory=list)
    payments: list[tuple[UUID, UUID, Payment]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def create_import(session: Session, actor: Actor, *, content: bytes) -> ImportResult:
    """Import a biller's file.

    Shapes: see rules.billers_file. Units: fen.
    Access: scope ebills:import, for the actor's own organisation.
    Effects: accounts (unknown ones under a subject of their own), bills, payments of known bills, the record
        of the import, audit ebills.bills.imported, and one job ebills.announce_bills per resident with new
        open bills. A file that was imported before does nothing.
    Raises: FileRefused 422 with every fault, NotTheBiller 403.
    """
    file = parse_file(content, today=clock.today())
    if not may_import(actor, file.biller) or file.biller not in account_store.list_billers(session):
        raise NotTheBiller
    file_digest = hashlib.sha256(content).digest()
    opened = ImportResult(
        id=ids.new_id(),
        biller=file.biller,
        bill_count=len(file.bills),
        new_count=0,
        paid_count=0,
        total_minor=file.total_minor,
        imported_at=session.at,
    )
    if not store.claim_import(session, _values(opened) | {"file_digest": file_digest}):
        return _result(store.get_import_of_file(session, file.biller, file_digest), is_repeat=True)
    return _import(session, actor, file, opened)


def read_import(session: Session, actor: Actor, *, import_id: UUID) -> ImportResult:
    """One import of the actor's organisation. Access: scope ebills:import. Raises: NotFound 404."""
    return _result(store.get_import(session, visible_imports(actor), import_id))


def list_imports(
    session: Session, actor: Actor, *, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[ImportResult]:
    """The imports of the actor's organisation, newest first. Access: scope ebills:import."""
    rows = store.list_imports(session, visible_imports(actor), limit=limit, after=after)
    return [_result(row) for row in rows]


def list_billers(session: Session) -> list[Row[Any]]:
    """The billers of the city. Access: everybody."""
    return list(account_store.list_billers(session).values())


def _import(session: Session, actor: Actor, file: BillersFile, opened: ImportResult) -> ImportResult:
    holders = find_holders(session, file)
    known = _sort(session, file, holders)
    if known.faults:
        raise FileRefused(known.faults)
    _add_bills(session, opened, known.fresh, holders)
    bill_store.change_payments(session, [_payment_row(*payment) for payment in known.payments])
    result = replace(opened, new_count=len(known.fresh), paid_count=len(known.payments))
    store.change_counts(session, result.id, new_count=result.new_count, paid_count=result.paid_count)
    details: dict[str, str | int] = {
        "import_id": str(result.id),
        "biller": result.biller,
        "count": result.new_count,
    }
    audit.append(session, actor, "ebills.bills.imported", details=details)
    for subject_id in _residents(known.fresh, holders):
        jobs.enqueue(session, actor, "ebills.announce_bills", subject_id=subject_id, import_id=str(result.id))
    return result


def _sort(session: Session, file: BillersFile, holders: dict[str, Holder]) -> _Sorted:
    """Tell new bills from known ones; a known one may have been paid, and may not say anything else."""
    digests = [bill_digest(file.biller, bill.number) for bill in file.bills]
    known = bill_store.find_bill_numbers(session, digests)
    subjects = [holder.subject_id for holder in holders.values()]
    standing = bill_store.list_standing(session, subjects, [row.bill_id for row in known.values()])
    found = _Sorted()
    for digest, bill in zip(digests, file.bills, strict=True):
        row = known.get(digest)
        if row is None:
            found.fresh.append((digest, bill))
            continue
        now = standing.get(row.bill_id)
        if now is None or bytes(row.content_digest) != content_digest(session, bill):
            found.faults.append(Fault(bill.line, "number", FaultCode.CONTENT_CHANGED, "new number"))
        elif bill.paid_minor < now.paid_minor:
            found.faults.append(Fault(bill.line, "paid_minor", FaultCode.PAID_LESS, ">= before"))
        elif payment := find_payment(bill, state=now.state, paid_minor=now.paid_minor):
            found.payments.append((holders[bill.account_number].subject_id, row.bill_id, payment))
    return found


def _add_bills(
    session: Session,
    opened: ImportResult,
    fresh: Sequence[tuple[bytes, StatedBill]],
    holders: dict[str, Holder],
) -> None:
    rows, numbers = [], []
    for digest, bill in fresh:
        holder, bill_id = holders[bill.account_number], ids.new_id()
        rows.append(_bill_row(bill, bill_id, holder) | {"import_id": opened.id, "biller": opened.biller})
        numbers.append(
            {"digest": digest, "bill_id": bill_id, "content_digest": content_digest(session, bill)}
        )
    bill_store.add_bill_numbers(session, numbers)
    bill_store.add_bills(session, rows)


def _bill_row(bill: StatedBill, bill_id: UUID, holder: Holder) -> dict[str, Any]:
    seal = holder.cipher.seal
    state = state_at_issue(amount_minor=bill.amount_minor, paid_minor=bill.paid_minor)
    return {
        "subject_id": holder.subject_id,
        "id": bill_id,
        "account_id": holder.account_id,
        "number": bill.number,
        "period_from": bill.period_from,
        "period_to": bill.period_to,
        "issued_on": bill.issued_on,
        "due_on": bill.due_on,
        "usage": bill.usage,
        "unit": bill.unit,
        "line_titles": [line.title for line in bill.lines],
        "line_amounts": [line.amount_minor for line in bill.lines],
        "amount_minor": bill.amount_minor,
        "currency": CURRENCY,
        "state": state.value,
        "paid_minor": bill.paid_minor,
        "paid_on": bill.paid_on,
        "account_number_sealed": seal(columns.c.account_number_sealed, bill_id, bill.account_number),
        "service_address_sealed": seal(columns.c.service_address_sealed, bill_id, bill.service_address),
        "version": 1,
    }


def _payment_row(subject_id: UUID, bill_id: UUID, payment: Payment) -> dict[str, Any]:
    return {
        "in_subject": subject_id,
        "in_id": bill_id,
        "in_state": payment.state.value,
        "in_paid_minor": payment.paid_minor,
        "in_paid_on": payment.paid_on,
    }


def _residents(fresh: Sequence[tuple[bytes, StatedBill]], holders: dict[str, Holder]) -> list[UUID]:
    """Who holds a new bill that is not paid yet, each once."""
    owing = [holders[bill.account_number] for _, bill in fresh if bill.paid_minor < bill.amount_minor]
    return list(dict.fromkeys(holder.subject_id for holder in owing if holder.is_resident))


def _values(result: ImportResult) -> dict[str, Any]:
    return {name: getattr(result, name) for name in RECORDED}


def _result(row: RowMapping, *, is_repeat: bool = False) -> ImportResult:
    return ImportResult(**{name: row[name] for name in RECORDED}, is_repeat=is_repeat)
