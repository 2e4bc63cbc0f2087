"""Broken glasses."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from health_file.models import emergencies
from services.database.session import Session

ITS = emergencies.c


def add_emergency(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a new one."""
    session.execute(insert(emergencies), dict(values))


def change_emergency(
    session: Session, subject_id: UUID, emergency_id: UUID, states: Sequence[str], values: Mapping[str, Any]
) -> Row[Any] | None:
    """Change one where it stands in one of these states; None where it does not, or there is none."""
    statement = (
        update(emergencies)
        .where(ITS.subject_id == subject_id, ITS.id == emergency_id, ITS.state.in_(states))
        .values(**values)
        .returning(*emergencies.c)
    )
    return session.execute(statement).one_or_none()


def find_emergency(session: Session, emergency_id: UUID) -> Row[Any] | None:
    """One by its id. Access: staff and the worker."""
    return session.execute(select(emergencies).where(ITS.id == emergency_id)).one_or_none()


def list_emergencies(session: Session, states: Sequence[str], *, limit: int) -> Sequence[Row[Any]]:
    """Those in some states, the oldest first. Access: staff and the worker."""
    statement = select(emergencies).where(ITS.state.in_(states)).order_by(ITS.opened_at).limit(limit)
    return session.execute(statement).all()
