"""Every SQL statement of the legal persons."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from legal_id.models import legal_persons, register, representatives
from legal_id.rules import Status
from services.database.session import Session

Entry = Row[Any]


def add_entry(session: Session, values: Mapping[str, Any]) -> bool:
    """Take a code's one place in the register; False when it is taken."""
    statement = upsert(register).on_conflict_do_nothing().returning(register.c.uscc)
    return session.execute(statement, dict(values)).scalar() is not None


def add_legal_person(session: Session, values: Mapping[str, Any]) -> None:
    """Keep the private part."""
    session.execute(insert(legal_persons), dict(values))


def add_representative(session: Session, values: Mapping[str, Any]) -> None:
    """Bind a resident to a legal person."""
    session.execute(insert(representatives), dict(values))


def find_entry(session: Session, uscc: str) -> Entry | None:
    """The public part by code."""
    return session.execute(select(register).where(register.c.uscc == uscc)).one_or_none()


def list_represented(
    session: Session, subject_id: UUID, *, limit: int, after: UUID | None
) -> Sequence[Row[Any]]:
    """The bindings of a resident that have not ended, oldest first."""
    statement = select(representatives).where(
        representatives.c.subject_id == subject_id, representatives.c.ended_at.is_(None)
    )
    if after is not None:
        statement = statement.where(representatives.c.id > after)
    return session.execute(statement.order_by(representatives.c.id).limit(limit)).all()


def find_binding(session: Session, subject_id: UUID, uscc: str) -> Row[Any] | None:
    """A resident's live binding to a legal person."""
    return session.execute(
        select(representatives).where(
            representatives.c.subject_id == subject_id,
            representatives.c.uscc == uscc,
            representatives.c.ended_at.is_(None),
        )
    ).first()


def list_entries(session: Session, usccs: Sequence[str]) -> Sequence[Entry]:
    """The public parts of several codes."""
    return session.execute(select(register).where(register.c.uscc.in_(usccs))).all()


def list_pending(session: Session, *, limit: int, after: tuple[datetime, str] | None) -> Sequence[Entry]:
    """What waits for the register's officers, oldest first."""
    statement = select(register).where(register.c.status == Status.PENDING.value)
    if after is not None:
        statement = statement.where(tuple_(register.c.registered_at, register.c.uscc) > tuple_(*after))
    return session.execute(statement.order_by(register.c.registered_at, register.c.uscc).limit(limit)).all()


def change_status(session: Session, entry: Entry, to: Status) -> bool:
    """Move an entry from the version that was read; False when somebody else was first."""
    changed = session.execute(
        update(register)
        .where(register.c.uscc == entry.uscc, register.c.version == entry.version)
        .values(status=to.value, version=entry.version + 1, changed_at=session.at)
    )
    return changed.rowcount == 1
