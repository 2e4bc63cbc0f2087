"""Treating relations: opened and ended by what is written into a file, or by a card that is shown."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from health_file.models import treating_relations
from services.database.session import Session

ITS = treating_relations.c
_KEY = (treating_relations.c.subject_id, treating_relations.c.unit, treating_relations.c.basis_id)


def open_relation(session: Session, values: Mapping[str, Any]) -> None:
    """Open a relation, or carry it on: it began when it first did. One that the resident rejected stays ended."""
    statement = upsert(treating_relations)
    carried = {name: getattr(statement.excluded, name) for name in ("kind", "ends_at")}
    session.execute(
        statement.on_conflict_do_update(index_elements=_KEY, set_=carried, where=ITS.rejected_at.is_(None)),
        dict(values),
    )


def end_relations(session: Session, subject_id: UUID, basis_id: UUID, *, but: Sequence[str] = ()) -> None:
    """End what stood on a resource, for all units but those named; that one was rejected is remembered."""
    session.execute(
        delete(treating_relations).where(
            treating_relations.c.subject_id == subject_id,
            treating_relations.c.basis_id == basis_id,
            treating_relations.c.unit.not_in(but),
            treating_relations.c.rejected_at.is_(None),
        )
    )


def find_standing(session: Session, subject_id: UUID, unit: str) -> Row[Any] | None:
    """The relation in which a unit stands to a resident now: of several the one that ends last."""
    statement = (
        select(treating_relations)
        .where(
            treating_relations.c.subject_id == subject_id,
            treating_relations.c.unit == unit,
            treating_relations.c.starts_at <= session.at,
            treating_relations.c.ends_at > session.at,
        )
        .order_by(treating_relations.c.ends_at.desc())
        .limit(1)
    )
    return session.execute(statement).one_or_none()


def list_standing(session: Session, subject_id: UUID) -> Sequence[Row[Any]]:
    """The relations that stand now, the newest first."""
    statement = select(treating_relations).where(
        ITS.subject_id == subject_id, ITS.starts_at <= session.at, ITS.ends_at > session.at
    )
    return session.execute(statement.order_by(ITS.starts_at.desc(), ITS.unit)).all()


def reject_relations(session: Session, subject_id: UUID, unit: str) -> int:
    """End every relation in which a unit stands to a resident, and remember that it was rejected; how many."""
    statement = update(treating_relations).where(
        ITS.subject_id == subject_id, ITS.unit == unit, ITS.ends_at > session.at
    )
    return session.execute(statement.values(ends_at=session.at, rejected_at=session.at)).rowcount


def forgive_rejection(session: Session, subject_id: UUID, unit: str) -> None:
    """Forget that a resident rejected a unit."""
    statement = update(treating_relations).where(
        ITS.subject_id == subject_id, ITS.unit == unit, ITS.rejected_at.is_not(None)
    )
    session.execute(statement.values(rejected_at=None))
