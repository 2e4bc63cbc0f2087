"""A resident claims the service account it holds: proof, then account and bills come under its own key."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, RowMapping

from ebills import models
from ebills.access import reach_of, subject_of
from ebills.actions.limits import find_admitted
from ebills.actions.numbers import account_digest, proof_digest
from ebills.errors import AccountAlreadyClaimed, AccountNotProven, TooManyClaims
from ebills.rules.claims import CLAIM_LIMITS, Failures, count_failure, seconds_to_wait
from ebills.store import accounts as store
from ebills.store import bills as bill_store
from services import audit, vault
from services.actor import Actor
from services.audit.leaf import Detail
from services.database.session import Session

FIELDS = ("account_number", "service_address")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """A service account with its sealed fields opened."""

    id: UUID
    biller: str
    account_number: str
    service_address: str
    claimed_at: datetime | None


def list_accounts(session: Session, actor: Actor) -> list[AccountView]:
    """The service accounts of the actor's subject.

    Access: scope ebills:read. Effects: one audit row ebills.accounts.read.
    """
    subject, limits = reach_of(actor)
    admitted = find_admitted(session, subject, limits)
    rows = [row for row in store.list_accounts(session, subject) if admitted is None or row["id"] in admitted]
    details: Mapping[str, Detail] = {"fields": FIELDS, "count": len(rows)}
    audit.append(session, actor, "ebills.accounts.read", subject_id=subject, details=details)
    if not rows:
        return []
    cipher = vault.cipher_for(session, subject)
    return [_view(row, cipher, row["claimed_at"]) for row in rows]


def claim_account(
    session: Session,
    actor: Actor,
    *,
    biller: str,
    account_number: str,
    amount_minor: int,
    policy: str = "production",
) -> AccountView:
    """Bring an account under the actor's subject; its earlier bills come along, sealed anew under its key.

    The proof is the amount of the account's newest bill: who holds the paper holds the account.

    Shapes: `policy` names one of rules.CLAIM_LIMITS. Units: fen.
    Access: scope ebills:claim.
    Effects: account and bills move; audit ebills.account.claimed. A wrong proof is counted, and its audit
        ebills.claim.refused kept, although the request fails.
    Raises: AccountNotProven 422 (unknown account or wrong amount, not told apart), TooManyClaims 429,
        AccountAlreadyClaimed 409.
    """
    subject = subject_of(actor)
    row = store.lock_claim_failures(session, subject, session.at)
    failures, limit = Failures(row.failures, row.window_started_at), CLAIM_LIMITS[policy]
    if seconds := seconds_to_wait(limit, failures, session.at):
        raise TooManyClaims(seconds=seconds)
    digest = account_digest(session, biller, account_number)
    known = store.find_account_number(session, digest)
    proof = proof_digest(session, biller, account_number, amount_minor)
    if known is None or not hmac.compare_digest(bytes(known.proof_digest), proof):
        counted = count_failure(limit, failures, session.at)
        store.change_claim_failures(session, subject, counted.count, counted.window_started_at)
        audit.append(session, actor, "ebills.claim.refused", subject_id=subject)
        raise AccountNotProven
    if not store.claim_account_number(session, digest, subject, session.at):
        raise AccountAlreadyClaimed
    view = _move(session, known, subject)
    details = {"account_id": str(view.id), "biller": view.biller}
    audit.append(session, actor, "ebills.account.claimed", subject_id=subject, details=details)
    return view


def _move(session: Session, known: Row[Any], subject: UUID) -> AccountView:
    """Take account and bills from their former subject and keep them, sealed anew, under the claimer's."""
    former: UUID = known.subject_id
    session.raw("SELECT gateway.reach(%s)", (former,))
    account = store.get_account(session, former, known.account_id)
    earlier = bill_store.list_bills_of_account(session, former, known.account_id)
    old, new = vault.cipher_for(session, former), vault.cipher_for(session, subject)
    moved = _resealed([account], models.accounts.c, old, new, subject)[0] | {"claimed_at": session.at}
    bills = _resealed(earlier, models.bills.c, old, new, subject)
    bill_store.delete_bills_of_account(session, former, known.account_id)
    store.delete_account(session, former, known.account_id)
    store.add_accounts(session, [moved])
    bill_store.add_bills(session, bills)
    return _view(account, old, session.at)


def _resealed(
    rows: Sequence[RowMapping], columns: Any, old: vault.Cipher, new: vault.Cipher, subject: UUID
) -> list[dict[str, Any]]:
    def again(row: RowMapping, column: Column[bytes]) -> bytes:
        return new.seal(column, row["id"], old.unseal(column, row["id"], row[column.name]))

    sealed = [columns[f"{field}_sealed"] for field in FIELDS]
    return [
        {**row, "subject_id": subject, **{column.name: again(row, column) for column in sealed}}
        for row in rows
    ]


def _view(row: RowMapping, cipher: vault.Cipher, claimed_at: datetime | None) -> AccountView:
    columns, account_id = models.accounts.c, row["id"]

    def opened(column: Column[bytes]) -> str:
        return cipher.unseal_text(column, account_id, row[column.name])

    return AccountView(
        id=account_id,
        biller=row["biller"],
        account_number=opened(columns.account_number_sealed),
        service_address=opened(columns.service_address_sealed),
        claimed_at=claimed_at,
    )
