"""Importing a biller's file: all of it or nothing, and the same file twice changes nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ebills import store
from ebills.access import may_import
from ebills.actions.numbers import account_digest, bill_digest
from ebills.errors import NotTheBiller
from ebills.models import accounts, bills
from ebills.rules import CURRENCY, BillFile, BillLine, State, parse_file
from services import audit, ids, jobs, vault
from services.actor import Actor
from services.database.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did. Amounts in fen."""

    id: UUID
    biller: str
    bill_count: int
    new_count: int
    paid_count: int
    total_minor: int
    imported_at: datetime


def import_bills(session: Session, actor: Actor, *, text: str) -> ImportResult:
    """Import a biller's file.

    Shapes: see rules.parse_file. Units: fen.
    Access: scope ebills:import, for the actor's own organisation.
    Effects: accounts (unknown ones under a subject of their own), bills, paid marks, the import's record, audit
        ebills.bills.imported, and one job ebills.announce_bills per resident with new bills. Bills known by
        number are left as they are, save that a paid mark closes an open one.
    Raises: FileRefused 422 with every fault, NotTheBiller 403.
    """
    file = parse_file(text)
    if file.biller not in store.list_billers(session) or not may_import(actor, file.biller):
        raise NotTheBiller
    holders = _holders(session, file)
    digests = {bill_digest(file.biller, bill.number): bill for bill in file.bills}
    known = store.find_bill_numbers(session, list(digests))
    fresh = {digest: bill for digest, bill in digests.items() if digest not in known}
    new_subjects = _add_bills(session, file.biller, fresh, holders)
    paid = sum(
        store.mark_paid(session, row.subject_id, row.bill_id, bill.paid_on)
        for digest, row in known.items()
        if (bill := digests[digest]).paid_on is not None
    )
    result = ImportResult(
        id=ids.new_id(),
        biller=file.biller,
        bill_count=len(file.bills),
        new_count=len(fresh),
        paid_count=paid,
        total_minor=sum(bill.amount_minor for bill in file.bills),
        imported_at=session.at,
    )
    _record(session, actor, result, hashlib.sha256(text.encode()).digest())
    for subject_id in new_subjects:
        jobs.enqueue(session, actor, "ebills.announce_bills", subject_id=subject_id, import_id=str(result.id))
    return result


def list_imports(session: Session, actor: Actor) -> Sequence[Any]:
    """The newest imports of the actor's organisation. Access: scope ebills:import."""
    return store.list_imports(session, actor.unit or "", 20)


def _record(session: Session, actor: Actor, result: ImportResult, file_digest: bytes) -> None:
    store.add_import(
        session,
        {
            "id": result.id,
            "biller": result.biller,
            "file_digest": file_digest,
            "bill_count": result.bill_count,
            "new_count": result.new_count,
            "total_minor": result.total_minor,
            "imported_at": result.imported_at,
        },
    )
    details: audit.Details = {"import_id": str(result.id), "biller": result.biller, "count": result.new_count}
    audit.append(session, actor, "ebills.bills.imported", details=details)


def list_billers(session: Session) -> list[Any]:
    """The billers of the city. Access: everybody."""
    return list(store.list_billers(session).values())


Holder = tuple[UUID, UUID, bool]  # subject, account, whether a resident holds it


def _holders(session: Session, file: BillFile) -> dict[str, Holder]:
    """Whose each account of the file is; unknown accounts are opened under a subject of their own."""
    digests = {account_digest(session, file.biller, bill.account): bill for bill in reversed(file.bills)}
    known = store.find_account_numbers(session, list(digests))
    rows: list[Mapping[str, Any]] = []
    numbers: list[Mapping[str, Any]] = []
    holders: dict[str, Holder] = {}
    for digest, bill in digests.items():
        row = known.get(digest)
        if row is not None:
            holders[bill.account] = (row.subject_id, row.account_id, row.linked_at is not None)
            continue
        subject_id, account_id = ids.new_id(), ids.new_id()
        session.raw("SELECT gateway.reach(%s)", (subject_id,))
        vault.create_data_key(session, subject_id, "service_account")
        cipher = vault.cipher_for(session, subject_id)
        rows.append(
            {
                "subject_id": subject_id,
                "id": account_id,
                "biller": file.biller,
                "number_sealed": cipher.seal(accounts.c.number_sealed, account_id, bill.account),
                "address_sealed": cipher.seal(accounts.c.address_sealed, account_id, bill.address),
                "linked_at": None,
                "created_at": session.at,
            }
        )
        numbers.append(
            {"digest": digest, "subject_id": subject_id, "account_id": account_id, "linked_at": None}
        )
        holders[bill.account] = (subject_id, account_id, False)
    store.add_accounts(session, rows, numbers)
    return holders


def _add_bills(
    session: Session, biller: str, fresh: Mapping[bytes, BillLine], holders: Mapping[str, Holder]
) -> list[UUID]:
    """Seal and keep new bills; returns the residents among their holders."""
    rows: list[Mapping[str, Any]] = []
    numbers: list[Mapping[str, Any]] = []
    residents: dict[UUID, None] = {}
    for digest, bill in fresh.items():
        subject_id, account_id, is_linked = holders[bill.account]
        bill_id = ids.new_id()
        cipher = vault.cipher_for(session, subject_id)
        rows.append(
            {
                "subject_id": subject_id,
                "id": bill_id,
                "account_id": account_id,
                "biller": biller,
                "number": bill.number,
                "period_from": bill.period_from,
                "period_to": bill.period_to,
                "issued_on": bill.issued_on,
                "due_on": bill.due_on,
                "usage": bill.usage,
                "unit": bill.unit,
                "line_titles": list(bill.titles),
                "line_amounts": list(bill.amounts),
                "amount_minor": bill.amount_minor,
                "currency": CURRENCY,
                "state": (State.ISSUED if bill.paid_on is None else State.PAID).value,
                "paid_on": bill.paid_on,
                "account_sealed": cipher.seal(bills.c.account_sealed, bill_id, bill.account),
                "address_sealed": cipher.seal(bills.c.address_sealed, bill_id, bill.address),
                "version": 1,
            }
        )
        numbers.append({"digest": digest, "subject_id": subject_id, "bill_id": bill_id})
        if is_linked and bill.paid_on is None:
            residents[subject_id] = None
    store.add_bills(session, rows, numbers)
    return list(residents)
