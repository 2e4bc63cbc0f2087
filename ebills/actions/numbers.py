"""The digests under which account and bill numbers are unique in the whole city."""

import hashlib

from services import vault
from services.database.session import Session


def account_digest(session: Session, biller: str, number: str) -> bytes:
    """An account number leads to a household, so its index is keyed."""
    return vault.blind_index(session, "ebills.account", f"{biller}:{number.strip().upper()}")


def bill_digest(biller: str, number: str) -> bytes:
    """A bill number is the biller's own running number and says nothing about anybody."""
    return hashlib.sha256(f"{biller}:{number}".encode()).digest()
