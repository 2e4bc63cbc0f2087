"""Whose each account of a biller's file is; what nobody has claimed is kept under a subject of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from ebills import models
from ebills.actions.numbers import account_digest, proof_digest
from ebills.rules.billers_file import BillersFile
from ebills.rules.bills import StatedBill
from ebills.store import accounts as store
from services import ids, vault
from services.database.session import Session

OWNER_KIND = "service_account"


@dataclass(frozen=True, slots=True)
class Holder:
    """The subject that an account's bills are kept and sealed under."""

    subject_id: UUID
    account_id: UUID
    is_resident: bool
    cipher: vault.Cipher


def find_holders(session: Session, file: BillersFile) -> dict[str, Holder]:
    """The holder of every account in the file, by account number.

    Effects: accounts the city did not know are opened; each account's newest bill becomes its proof; known
        ones stay locked, so that nobody claims an account while its bills arrive.
    """
    newest = _newest(file)
    digests = {account_digest(session, file.biller, number): bill for number, bill in newest.items()}
    known = store.lock_account_numbers(session, list(digests))
    ciphers: dict[UUID, vault.Cipher] = {}
    holders, numbers, accounts, proofs = {}, [], [], []
    for digest, bill in digests.items():
        row = known.get(digest)
        if row is None:
            holder = _open_subject(session)
            numbers.append({**_number_row(digest, holder), **_proof(session, file.biller, bill)})
            accounts.append(_account_row(session, file.biller, bill, holder))
        else:
            holder = _known(session, row, ciphers)
            if bill.issued_on >= row.proof_issued_on:
                proof = _proof(session, file.biller, bill)
                proofs.append({"in_digest": digest, **{f"in_{name}": value for name, value in proof.items()}})
        holders[bill.account_number] = holder
    store.add_account_numbers(session, numbers)
    store.add_accounts(session, accounts)
    store.change_proofs(session, proofs)
    return holders


def _newest(file: BillersFile) -> Mapping[str, StatedBill]:
    """Each account's bill that was issued last; of two of one day the later in the file."""
    newest: dict[str, StatedBill] = {}
    for bill in file.bills:
        before = newest.get(bill.account_number)
        if before is None or bill.issued_on >= before.issued_on:
            newest[bill.account_number] = bill
    return newest


def _known(session: Session, row: Row[Any], ciphers: dict[UUID, vault.Cipher]) -> Holder:
    subject_id: UUID = row.subject_id
    if subject_id not in ciphers:
        ciphers[subject_id] = vault.cipher_for(session, subject_id)
    return Holder(subject_id, row.account_id, row.claimed_at is not None, ciphers[subject_id])


def _open_subject(session: Session) -> Holder:
    subject_id = ids.new_id()
    vault.create_data_key(session, subject_id, OWNER_KIND)
    return Holder(subject_id, ids.new_id(), is_resident=False, cipher=vault.cipher_for(session, subject_id))


def _number_row(digest: bytes, holder: Holder) -> dict[str, Any]:
    return {
        "digest": digest,
        "subject_id": holder.subject_id,
        "account_id": holder.account_id,
        "claimed_at": None,
    }


def _proof(session: Session, biller: str, bill: StatedBill) -> dict[str, Any]:
    digest = proof_digest(session, biller, bill.account_number, bill.amount_minor)
    return {"proof_digest": digest, "proof_issued_on": bill.issued_on}


def _account_row(session: Session, biller: str, bill: StatedBill, holder: Holder) -> dict[str, Any]:
    columns, account_id, seal = models.accounts.c, holder.account_id, holder.cipher.seal
    return {
        "subject_id": holder.subject_id,
        "id": account_id,
        "biller": biller,
        "account_number_sealed": seal(columns.account_number_sealed, account_id, bill.account_number),
        "service_address_sealed": seal(columns.service_address_sealed, account_id, bill.service_address),
        "claimed_at": None,
        "created_at": session.at,
    }
