"""Letters that came in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from hotline.models import letters
from services.database.session import Session


def add_letter(session: Session, digest: bytes, sender: bytes) -> bool:
    """Take a letter; False when it came before. A concurrent twin waits here for the first to end."""
    row = session.raw(
        "INSERT INTO hotline.letters (digest, sender_digest, outcome, at) VALUES (%s, %s, 'taken', %s) "
        "ON CONFLICT DO NOTHING RETURNING 1",
        (digest, sender, session.at),
    ).fetchone()
    return row is not None


def change_letter(session: Session, digest: bytes, values: Mapping[str, Any]) -> None:
    """Say what became of a letter."""
    session.execute(update(letters).where(letters.c.digest == digest).values(dict(values)))


def get_letter(session: Session, digest: bytes) -> Row[Any]:
    """A letter that came before."""
    return session.execute(select(letters).where(letters.c.digest == digest)).one()


def count_letters(session: Session, sender: bytes, since: datetime) -> int:
    """How many letters a sender wrote since then."""
    statement = select(func.count()).where(letters.c.sender_digest == sender, letters.c.at > since)
    return int(session.execute(statement).scalar_one())
