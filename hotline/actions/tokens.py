"""Tokens of GeoReport v2: they lead to the number of a ticket that nobody can look up."""

import hashlib

from hotline import store
from services import ids
from services.database.session import Session


def create_token(session: Session, *, number: str) -> str:
    """A token for whoever filed the ticket. Effects: its digest."""
    token = ids.new_token(18)
    store.add_open311_token(session, _digest(token), number)
    return token


def number_of_token(session: Session, *, token: str) -> str | None:
    """The number behind a token. Access: whoever holds it."""
    return store.find_open311_number(session, _digest(token))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
