"""Marks of what this database is and which long steps are done."""

from sqlalchemy import bindparam, func, insert, select

from services.database.session import Session
from services.gateway.models import markers, subjects

FIND = select(markers.c.value).where(markers.c.name == bindparam("name"))
COUNT_SUBJECTS = select(func.count()).select_from(subjects)


def find_marker(session: Session, name: str) -> str | None:
    """The value of a mark, or None."""
    value: str | None = session.execute(FIND, {"name": name}).scalar()
    return value


def add_marker(session: Session, name: str, value: str) -> None:
    """Leave a mark."""
    session.execute(insert(markers), {"name": name, "value": value, "set_at": session.at})


def count_subjects(session: Session) -> int:
    """How many subjects this database knows; the gateway's role sees all."""
    return int(session.execute(COUNT_SUBJECTS).scalar_one())
