"""Finding resources by what is indexed of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, not_, or_, select, tuple_

from health_file.access import visible_to
from health_file.models import resources, tokens
from health_file.store.columns import SHOWN
from health_file.store.conditions import Conditions, undecided, where
from health_file.store.shelves import reach_directory
from services.actor import Actor
from services.database.session import Session

# The last row of a page: when it was recorded, and its id.
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Order:
    """The order of rows by what stands in clear: when they were recorded, or their ids alone (in which they were made).

    Ids break ties, and never change: pages by id hold everything once, whatever is written meanwhile.
    """

    is_by_time: bool = False
    is_descending: bool = True


def find_page(
    session: Session,
    actor: Actor,
    wanted: Sequence[Conditions],
    *,
    order: Order,
    limit: int,
    after: Place | None,
    is_counted: bool,
) -> tuple[Sequence[Row[Any]], int | None]:
    """Resources that match and that the actor sees, in order, and how many there are in all where that is wanted."""
    matching = _matching(session, actor, wanted)
    rows = _ordered(session, matching, order, limit, after)
    if not is_counted:
        return rows, None
    if after is None and len(rows) < limit:
        return rows, len(rows)
    count: int = session.execute(matching.with_only_columns(func.count())).scalar_one()
    return rows, count


def find_matches(
    session: Session,
    actor: Actor,
    wanted: Sequence[Conditions],
    *,
    order: Order,
    limit: int,
    after: Place | None,
) -> Sequence[Row[Any]]:
    """Resources that match and that the actor sees, in order."""
    return _ordered(session, _matching(session, actor, wanted), order, limit, after)


def _ordered(
    session: Session, statement: Select[Any], order: Order, limit: int, after: Place | None
) -> Sequence[Row[Any]]:
    columns = (resources.c.recorded_at, resources.c.id) if order.is_by_time else (resources.c.id,)
    if after is not None:
        last = after if order.is_by_time else after[1:]
        place = tuple_(*columns)
        statement = statement.where(place < tuple_(*last) if order.is_descending else place > tuple_(*last))
    keys = [column.desc() if order.is_descending else column for column in columns]
    return session.execute(statement.order_by(*keys).limit(limit)).all()


def count_matches(session: Session, actor: Actor, wanted: Sequence[Conditions]) -> int:
    """How many resources match that the actor sees."""
    statement = _matching(session, actor, wanted).with_only_columns(func.count())
    count: int = session.execute(statement).scalar_one()
    return count


def count_by_file(
    session: Session, actor: Actor, wanted: Sequence[Conditions], *, most: int
) -> list[tuple[UUID, int]]:
    """In how many files resources match that the actor sees, and how many in each; of more files the first."""
    statement = _matching(session, actor, wanted).with_only_columns(resources.c.subject_id, func.count())
    rows = session.execute(statement.group_by(resources.c.subject_id).limit(most)).all()
    return [(owner, count) for owner, count in (tuple(row) for row in rows)]


def find_undecided(
    session: Session, actor: Actor, conditions: Conditions, *, limit: int
) -> Sequence[Row[Any]]:
    """Resources that the actor sees and of which the index alone cannot say whether they match."""
    reach_directory(session, conditions.resource_type)
    statement = select(*SHOWN).where(
        visible_to(session, actor), *undecided(session, actor, conditions, resources)
    )
    return session.execute(statement.limit(limit)).all()


def _matching(session: Session, actor: Actor, wanted: Sequence[Conditions]) -> Select[Any]:
    reach_directory(session, *(one.resource_type for one in wanted))
    alternatives = [and_(*where(session, actor, one, resources)) for one in wanted]
    return select(*SHOWN).where(
        visible_to(session, actor), resources.c.is_current, ~resources.c.is_deleted, or_(*alternatives)
    )


def find_referenced(
    session: Session, actor: Actor, wanted: Sequence[tuple[str, UUID]], *, limit: int
) -> Sequence[Row[Any]]:
    """Current resources of these types and ids that the actor sees: every one passes the same predicate."""
    if not wanted:
        return []
    reach_directory(session, *(kind for kind, _ in wanted))
    statement = select(*SHOWN).where(
        resources.c.id.in_([one for _, one in wanted]),
        tuple_(resources.c.type, resources.c.id).in_(wanted),
        resources.c.is_current,
        ~resources.c.is_deleted,
        visible_to(session, actor),
    )
    return session.execute(statement.order_by(resources.c.id).limit(limit)).all()


def find_naming(
    session: Session,
    actor: Actor,
    digests: Sequence[bytes],
    files: Sequence[UUID],
    types: Sequence[str],
    *,
    limit: int,
) -> Sequence[Row[Any]]:
    """Current resources indexed under one of these, or of these types in these files, that the actor sees."""
    named = (
        select(tokens.c.resource_id)
        .where(tokens.c.subject_id == resources.c.subject_id, tokens.c.resource_id == resources.c.id)
        .where(tokens.c.digest.in_(digests))
        .exists()
    )
    in_file = and_(resources.c.subject_id.in_(files), resources.c.type.in_(types))
    # One after the other: joined by OR, neither could go by its index.
    alternatives = ([named] if digests else []) + ([in_file] if files and types else [])
    found: dict[UUID, Row[Any]] = {}
    for alternative in alternatives:
        statement = select(*SHOWN).where(
            alternative, resources.c.is_current, ~resources.c.is_deleted, visible_to(session, actor)
        )
        rows = session.execute(statement.order_by(resources.c.id).limit(limit)).all()
        found.update((row.id, row) for row in rows)
    return list(found.values())[:limit]


def has_rows_before(session: Session, index_version: int) -> bool:
    """Whether a row within reach was indexed before this version of the index."""
    statement = select(resources.c.id).where(
        resources.c.is_current, not_(resources.c.is_deleted), resources.c.indexed_as < index_version
    )
    return session.execute(statement.limit(1)).first() is not None


def decided(conditions: Conditions, accepted: Sequence[UUID]) -> Conditions:
    """The same conditions, where what the index could not decide has been looked at."""
    return replace(conditions, accepted=tuple(accepted))
