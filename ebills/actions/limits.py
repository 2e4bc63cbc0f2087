"""Which accounts a limited token is for: its limits name billers and numbers, and numbers are sealed."""

from collections.abc import Sequence
from uuid import UUID

from ebills import models
from ebills.access import Limit
from ebills.store import accounts as store
from services import vault
from services.database.session import Session


def find_admitted(session: Session, subject: UUID, limits: Sequence[Limit]) -> frozenset[UUID] | None:
    """The subject's accounts that lie within a limit; None where nothing is limited."""
    if not limits:
        return None
    rows = store.list_accounts(session, subject)
    if not rows:
        return frozenset()
    unseal = vault.cipher_for(session, subject).unseal_text
    column = models.accounts.c.account_number_sealed
    return frozenset(
        row["id"]
        for row in rows
        if any(
            limit.admits(row["biller"], unseal(column, row["id"], row["account_number_sealed"]))
            for limit in limits
        )
    )
