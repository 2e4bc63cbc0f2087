"""Finding resources by what is indexed of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, and_, func, literal, or_, select, tuple_

from health_file.access import visible_to
from health_file.fhir.query import Query, TextCondition
from health_file.models import days, resources, tokens
from health_file.store.shelves import reach_directory
from services.actor import Actor
from services.database.session import Session


@dataclass(frozen=True, slots=True)
class SearchConditions:
    """A query, and the keyed tokens of each text that it asks for."""

    query: Query
    tokens: Mapping[TextCondition, tuple[bytes, ...]]

    def clauses(self) -> list[ColumnElement[bool]]:
        """Every condition of the query as SQL; whose rows may be seen is not among them."""
        query = self.query
        clauses: list[ColumnElement[bool]] = [
            resources.c.type == query.resource_type,
            resources.c.is_current,
            ~resources.c.is_deleted,
        ]
        clauses += [resources.c.id.in_(ids) for ids in query.ids]
        clauses += [_compare(prefix, *_INSTANT, low, high) for prefix, low, high in query.recorded]
        for condition, found in self.tokens.items():
            is_there = _own(tokens).where(tokens.c.digest.in_(found)).exists()
            clauses.append(~is_there if condition.is_negated else is_there)
        for one in query.days:
            alternatives = [
                _compare(prefix, days.c.first_on, days.c.last_on, *span) for prefix, *span in one.ranges
            ]
            named = days.c.parameter == f"{query.resource_type}.{one.parameter}"
            clauses.append(_own(days).where(named, or_(*alternatives)).exists())
        return clauses


_INSTANT = (resources.c.recorded_at, resources.c.recorded_at)


def _own(index: Table) -> Select[Any]:
    return select(literal(1)).where(
        index.c.subject_id == resources.c.subject_id, index.c.resource_id == resources.c.id
    )


def _compare(prefix: str, first: Any, last: Any, low: Any, high: Any) -> ColumnElement[bool]:
    """How a range stands to the range of a value (search.html#prefix)."""
    within = and_(first >= low, last <= high)
    comparisons: dict[str, ColumnElement[bool]] = {
        "eq": within,
        "ne": ~within,
        "gt": last > high,
        "lt": first < low,
        "ge": or_(last > high, within),
        "le": or_(first < low, within),
        "sa": first > high,
        "eb": last < low,
        "ap": and_(first <= high, last >= low),
    }
    return comparisons[prefix]


def search_resources(
    session: Session,
    actor: Actor,
    conditions: SearchConditions,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> Sequence[Row[Any]]:
    """Resources that match and that the actor sees, in the query's order; ids break ties."""
    reach_directory(session, conditions.query.resource_type)
    statement = select(resources).where(visible_to(session, actor), *conditions.clauses())
    place = tuple_(resources.c.recorded_at, resources.c.id)
    if conditions.query.is_descending:
        order: tuple[Any, ...] = (resources.c.recorded_at.desc(), resources.c.id.desc())
        beyond = place < tuple_(*after) if after else None
    else:
        order = (resources.c.recorded_at, resources.c.id)
        beyond = place > tuple_(*after) if after else None
    if beyond is not None:
        statement = statement.where(beyond)
    return session.execute(statement.order_by(*order).limit(limit)).all()


def count_found(session: Session, actor: Actor, conditions: SearchConditions) -> int:
    """How many resources match that the actor sees."""
    reach_directory(session, conditions.query.resource_type)
    statement = (
        select(func.count()).select_from(resources).where(visible_to(session, actor), *conditions.clauses())
    )
    count: int = session.execute(statement).scalar_one()
    return count
