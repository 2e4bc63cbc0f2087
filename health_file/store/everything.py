"""A whole file, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, not_, or_, select

from health_file.access import visible_to
from health_file.models import days, resources
from health_file.store.columns import SHOWN
from services.actor import Actor
from services.database.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeFile:
    """Whose file, and how much of it: types, what was recorded since, what happened between two days.

    `dates` are the date parameters, by their names in the index, that say when something happened.
    """

    subject_id: UUID
    types: Sequence[str]
    since: datetime | None = None
    start: date | None = None
    end: date | None = None
    dates: Sequence[str] = ()


def list_file(
    session: Session, actor: Actor, wanted: WholeFile, *, limit: int, after: UUID | None
) -> Sequence[Row[Any]]:
    """Current resources of a file that the actor sees, in the order in which they were made."""
    statement = select(*SHOWN).where(*_clauses(session, actor, wanted))
    if after is not None:
        statement = statement.where(resources.c.id > after)
    return session.execute(statement.order_by(resources.c.id).limit(limit)).all()


def count_file(session: Session, actor: Actor, wanted: WholeFile) -> int:
    """How many they are."""
    statement = select(func.count()).select_from(resources).where(*_clauses(session, actor, wanted))
    count: int = session.execute(statement).scalar_one()
    return count


def _clauses(session: Session, actor: Actor, wanted: WholeFile) -> list[ColumnElement[bool]]:
    clauses = [
        resources.c.subject_id == wanted.subject_id,
        resources.c.is_current,
        ~resources.c.is_deleted,
        resources.c.type.in_(wanted.types),
        visible_to(session, actor),
    ]
    if wanted.since is not None:
        clauses.append(resources.c.recorded_at >= wanted.since)
    if wanted.start is not None or wanted.end is not None:
        clauses.append(or_(not_(_dated(wanted).exists()), _between(wanted).exists()))
    return clauses


def _dated(wanted: WholeFile) -> Select[Any]:
    its = (days.c.subject_id == resources.c.subject_id, days.c.resource_id == resources.c.id)
    return select(literal(1)).where(*its, days.c.parameter.in_(wanted.dates)).correlate(resources)


def _between(wanted: WholeFile) -> Select[Any]:
    overlap = []
    if wanted.start is not None:
        overlap.append(days.c.last_on >= wanted.start)
    if wanted.end is not None:
        overlap.append(days.c.first_on <= wanted.end)
    return _dated(wanted).where(and_(*overlap))
