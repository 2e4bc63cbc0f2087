"""The digests under which account and bill numbers are unique in the whole city, and what they prove."""

import hashlib

from ebills.rules.bills import StatedBill
from ebills.rules.claims import normal_number
from services import vault
from services.database.session import Session


def account_digest(session: Session, biller: str, number: str) -> bytes:
    """An account number leads to a household, so its index is keyed."""
    return vault.blind_index(session, "ebills.account", f"{biller}:{normal_number(number)}")


def bill_digest(biller: str, number: str) -> bytes:
    """A bill number is the biller's own running number and says nothing about anybody."""
    return hashlib.sha256(f"{biller}:{number}".encode()).digest()


def content_digest(session: Session, bill: StatedBill) -> bytes:
    """What a bill states, to tell whether it was sent changed; keyed, because households could be tried."""
    return vault.blind_index(session, "ebills.bill_content", bill.content)


def proof_digest(session: Session, biller: str, number: str, amount_minor: int) -> bytes:
    """That somebody knows the amount of an account's newest bill; keyed, because amounts could be tried."""
    text = f"{biller}:{normal_number(number)}:{amount_minor}"
    return vault.blind_index(session, "ebills.claim_proof", text)
