"""Linking a service account to the resident who holds it."""

from typing import Any
from uuid import UUID

from ebills import store
from ebills.actions.bills import AccountView, subject_of
from ebills.actions.numbers import account_digest
from ebills.errors import AccountAlreadyLinked, AccountNotProven
from ebills.models import accounts, bills
from services import audit, vault
from services.actor import Actor
from services.database.session import Session


def link_account(
    session: Session, actor: Actor, *, biller: str, number: str, amount_minor: int
) -> AccountView:
    """Link an account to the actor's subject; its earlier bills come along, sealed anew under the own key.

    Units: fen. The proof is the amount of the account's newest bill.
    Access: scope ebills:link. Effects: account and bills move, audit ebills.account.linked.
    Raises: AccountNotProven 422 (unknown account or wrong amount, not told apart), AccountAlreadyLinked 409.
    """
    new = subject_of(actor)
    digest = account_digest(session, biller, number)
    known = store.find_account_numbers(session, [digest]).get(digest)
    if known is None:
        raise AccountNotProven
    if known.linked_at is not None:
        raise AccountAlreadyLinked
    old: UUID = known.subject_id
    session.raw("SELECT gateway.reach(%s)", (old,))
    account = store.find_account(session, old, known.account_id)
    earlier = store.list_bills_of(session, old, known.account_id)
    if account is None or not earlier or earlier[0].amount_minor != amount_minor:
        raise AccountNotProven
    if not store.link_number(session, digest, old=old, new=new, at=session.at):
        raise AccountAlreadyLinked
    view = _move(session, account, earlier, old, new)
    details = {"account_id": str(account.id), "biller": biller}
    audit.append(session, actor, "ebills.account.linked", subject_id=new, details=details)
    return view


def _move(session: Session, account: Any, earlier: Any, old: UUID, new: UUID) -> AccountView:
    source, target = vault.cipher_for(session, old), vault.cipher_for(session, new)

    def again(column: Any, row_id: UUID, sealed: bytes) -> bytes:
        return target.seal(column, row_id, source.unseal(column, row_id, sealed))

    values = {
        **account._asdict(),
        "subject_id": new,
        "linked_at": session.at,
        "number_sealed": again(accounts.c.number_sealed, account.id, account.number_sealed),
        "address_sealed": again(accounts.c.address_sealed, account.id, account.address_sealed),
    }
    moved = [
        {
            **row._asdict(),
            "subject_id": new,
            "account_sealed": again(bills.c.account_sealed, row.id, row.account_sealed),
            "address_sealed": again(bills.c.address_sealed, row.id, row.address_sealed),
        }
        for row in earlier
    ]
    store.move_account(session, old=old, new=new, account=values, moved=moved)
    return AccountView(
        id=account.id,
        biller=account.biller,
        number=source.unseal_text(accounts.c.number_sealed, account.id, account.number_sealed),
        address=source.unseal_text(accounts.c.address_sealed, account.id, account.address_sealed),
        linked_at=session.at,
    )
