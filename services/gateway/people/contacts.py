"""Where a person can be told that a message waits."""

from uuid import UUID

from services.database.session import Session
from services.gateway.models import residents
from services.gateway.store import people as store
from services.vault import Shredded, cipher_for

COLUMNS = {"sms": residents.c.phone_sealed, "email": residents.c.email_sealed}


def find_address(session: Session, subject: UUID, channel: str) -> str | None:
    """A resident's number or mailbox for a channel; None where there is none, or the file was destroyed.

    Access: the worker, for one delivery; nothing is disclosed to a person.
    """
    column = COLUMNS.get(channel)
    row = None if column is None else store.find_resident(session, subject)
    if row is None or column is None or row[column.name] is None:
        return None
    try:
        return cipher_for(session, subject).unseal_text(column, subject, row[column.name])
    except Shredded:
        return None
