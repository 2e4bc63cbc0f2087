"""A file read as a whole: what a summary, an export or a copy is made from."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, any_, case, func, literal, select

from health_file.access import visible_to
from health_file.models import resources, tokens
from health_file.rules import DIRECTORY_TYPES
from health_file.store.shelves import reach_directory
from services.actor import Actor
from services.database.session import Session


def list_newest_of_types(
    session: Session, actor: Actor, subject_id: UUID, most: Mapping[str, int]
) -> Sequence[Row[Any]]:
    """The current resources of one file that the actor sees: of each type the newest by day, as `most` says."""
    placed = (
        select(
            resources.c.id,
            resources.c.type,
            func.row_number()
            .over(
                partition_by=resources.c.type,
                order_by=(
                    resources.c.dated_on.desc().nulls_last(),
                    resources.c.recorded_at.desc(),
                    resources.c.id.desc(),
                ),
            )
            .label("place"),
        )
        .where(
            resources.c.subject_id == subject_id,
            resources.c.is_current,
            ~resources.c.is_deleted,
            resources.c.type.in_(most),
            visible_to(session, actor),
        )
        .subquery()
    )
    limit = case(dict(most), value=placed.c.type, else_=literal(0))
    # An array made once, by which the key is looked up: a join may be planned as one loop within another.
    newest = func.array(select(placed.c.id).where(placed.c.place <= limit).scalar_subquery())
    statement = select(resources).where(
        resources.c.subject_id == subject_id, resources.c.id == any_(newest), resources.c.is_current
    )
    return session.execute(statement).all()


def list_named(
    session: Session, actor: Actor, ids: Collection[UUID], types: Collection[str]
) -> Sequence[Row[Any]]:
    """Current resources by id, of these types, that the actor sees."""
    if not ids:
        return []
    if set(types) & set(DIRECTORY_TYPES):
        reach_directory(session, DIRECTORY_TYPES[0])
    statement = select(resources).where(
        resources.c.id.in_(ids),
        resources.c.type.in_(types),
        resources.c.is_current,
        ~resources.c.is_deleted,
        visible_to(session, actor),
    )
    return session.execute(statement).all()


def find_patients(session: Session, actor: Actor, digests: Collection[bytes]) -> Sequence[Row[Any]]:
    """Patients found by one of these tokens that the actor sees; two at most, to tell one from several."""
    is_named = (
        select(literal(1))
        .where(
            tokens.c.subject_id == resources.c.subject_id,
            tokens.c.resource_id == resources.c.id,
            tokens.c.digest.in_(digests),
        )
        .exists()
    )
    statement = select(resources).where(
        resources.c.type == "Patient", resources.c.is_current, ~resources.c.is_deleted, is_named
    )
    return session.execute(statement.where(visible_to(session, actor)).limit(2)).all()
