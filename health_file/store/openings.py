"""Who began to treat whom, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import Row, any_, delete, exists, func, insert, literal, select, update

from health_file.models import consent_rules, openings, resources, treating_relations
from services.database.session import Session

ITS = openings.c
# No more is counted than decides: a table of many openings is not read for one.
COUNT: LiteralString = (
    "SELECT (SELECT count(*) FROM (SELECT FROM health_file.openings"
    " WHERE account_id = %s AND opened_at > %s LIMIT %s) AS own),"
    " (SELECT count(*) FROM (SELECT FROM health_file.openings WHERE unit = %s AND opened_at > %s LIMIT %s) AS all_of)"
)


def count_openings(
    session: Session, account: UUID | None, unit: str, since: datetime, *, most: tuple[int, int]
) -> tuple[int, int]:
    """How many somebody, and how many a unit, has begun since then; counted up to `most` of each."""
    found = session.raw(COUNT, (account, since, most[0], unit, since, most[1])).fetchone()
    return (0, 0) if found is None else (int(found[0]), int(found[1]))


def add_opening(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a new one."""
    session.execute(insert(openings), dict(values))


def add_reason(
    session: Session, subject_id: UUID, unit: str, reason: str, states: Sequence[str], *, since: datetime
) -> None:
    """Have what a unit began since then with a resident looked at, where it stands in one of these states."""
    statement = (
        update(openings)
        .where(
            ITS.subject_id == subject_id, ITS.unit == unit, ITS.opened_at > since, ITS.state.in_(states),
            ~(literal(reason) == any_(ITS.reasons)),
        )
        .values(reasons=func.array_append(ITS.reasons, reason), state="unusual")
    )  # fmt: skip
    session.execute(statement)


def note_brief(
    session: Session, subject_id: UUID, basis_id: UUID, reason: str, states: Sequence[str], *, since: datetime
) -> None:
    """Have looked at what a resource began since then, if its unit wrote nothing else into the file meanwhile."""
    written = exists().where(
        resources.c.subject_id == subject_id,
        resources.c.author == ITS.unit,
        resources.c.recorded_at >= ITS.opened_at,
        resources.c.id != basis_id,
    )
    statement = (
        update(openings)
        .where(
            ITS.subject_id == subject_id, ITS.basis_id == basis_id, ITS.opened_at > since,
            ITS.state.in_(states), ~(literal(reason) == any_(ITS.reasons)), ~written,
        )
        .values(reasons=func.array_append(ITS.reasons, reason), state="unusual")
    )  # fmt: skip
    session.execute(statement)


def find_opening(session: Session, opening_id: UUID) -> Row[Any] | None:
    """One by its id. Access: staff and the worker."""
    return session.execute(select(openings).where(ITS.id == opening_id)).one_or_none()


def list_openings(session: Session, state: str, *, limit: int) -> Sequence[Row[Any]]:
    """Those in a state, the oldest first. Access: staff and the worker."""
    statement = select(openings).where(ITS.state == state).order_by(ITS.opened_at).limit(limit)
    return session.execute(statement).all()


def list_openers(session: Session, subject_id: UUID, basis_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Who began what stands on these resources, of several the last, by the resource."""
    statement = select(ITS.basis_id, ITS.account_id).where(
        ITS.subject_id == subject_id, ITS.basis_id.in_(basis_ids), ITS.account_id.is_not(None)
    )
    return {row.basis_id: row.account_id for row in session.execute(statement.order_by(ITS.opened_at))}


def change_opening(
    session: Session, subject_id: UUID, opening_id: UUID, states: Sequence[str], values: Mapping[str, Any]
) -> bool:
    """Change one where it stands in one of these states; whether it did."""
    statement = update(openings).where(
        ITS.subject_id == subject_id, ITS.id == opening_id, ITS.state.in_(states)
    )
    return session.execute(statement.values(**values)).rowcount == 1


def delete_openings(session: Session, *, before: datetime) -> None:
    """Forget what nobody had to look at. Access: the worker."""
    session.execute(delete(openings).where(ITS.state == "usual", ITS.opened_at < before))


def has_denied(session: Session, subject_id: UUID, unit: str) -> bool:
    """Whether a resident shuts this unit out now, whatever from."""
    its = consent_rules.c
    found = (
        its.subject_id == subject_id,
        its.is_denial,
        its.within.is_(None),
        literal(unit) == any_(its.units),
        (its.starts_at.is_(None)) | (its.starts_at <= session.at),
        (its.ends_at.is_(None)) | (its.ends_at > session.at),
    )
    return session.execute(select(literal(1)).where(*found).limit(1)).first() is not None


def was_rejected(session: Session, subject_id: UUID, unit: str, since: datetime) -> bool:
    """Whether a resident rejected this unit since then."""
    its = treating_relations.c
    found = (its.subject_id == subject_id, its.unit == unit, its.rejected_at > since)
    return session.execute(select(literal(1)).where(*found).limit(1)).first() is not None
