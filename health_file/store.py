"""Every SQL statement of the health file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from health_file.access import visible_to
from health_file.fhir.query import Query, TextCondition
from health_file.models import days, patients, resource_ids, resources, tokens
from services.actor import Actor
from services.database.session import Session


def claim_patient_place(session: Session, subject_id: UUID, resource_id: UUID) -> bool:
    """Take a resident's one place for a Patient resource; False when it is taken."""
    statement = upsert(patients).on_conflict_do_nothing().returning(patients.c.resource_id)
    values = {"subject_id": subject_id, "resource_id": resource_id}
    return session.execute(statement, values).scalar() is not None


def add_resource(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a new resource and whose it is."""
    ours = {"id": values["id"], "subject_id": values["subject_id"], "type": values["type"]}
    session.execute(insert(resource_ids), ours)
    session.execute(insert(resources), dict(values))


def find_owner(session: Session, resource_id: UUID, resource_type: str) -> UUID | None:
    """Whose a resource is. Access: clinics and systems."""
    statement = select(resource_ids.c.subject_id).where(
        resource_ids.c.id == resource_id, resource_ids.c.type == resource_type
    )
    owner: UUID | None = session.execute(statement).scalar()
    return owner


def find_resource(
    session: Session, actor: Actor, resource_type: str, resource_id: UUID, version: int | None
) -> Row[Any] | None:
    """A version of a resource that the actor sees; the current one, deleted or not, where none is named."""
    statement = _versions(actor, resource_type, resource_id)
    if version is None:
        statement = statement.where(resources.c.is_current)
    else:
        statement = statement.where(resources.c.version == version)
    return session.execute(statement).one_or_none()


def list_versions(
    session: Session,
    actor: Actor,
    resource_type: str,
    resource_id: UUID,
    *,
    limit: int,
    before: int | None,
    since: datetime | None,
) -> Sequence[Row[Any]]:
    """Versions of a resource that the actor sees, newest first."""
    statement = _versions(actor, resource_type, resource_id)
    if before is not None:
        statement = statement.where(resources.c.version < before)
    if since is not None:
        statement = statement.where(resources.c.recorded_at >= since)
    return session.execute(statement.order_by(resources.c.version.desc()).limit(limit)).all()


def count_versions(
    session: Session, actor: Actor, resource_type: str, resource_id: UUID, *, since: datetime | None
) -> int:
    """How many versions of a resource the actor sees."""
    statement = _versions(actor, resource_type, resource_id)
    if since is not None:
        statement = statement.where(resources.c.recorded_at >= since)
    count: int = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    return count


def _versions(actor: Actor, resource_type: str, resource_id: UUID) -> Select[Any]:
    return select(resources).where(
        resources.c.id == resource_id, resources.c.type == resource_type, visible_to(actor)
    )


def retire_version(session: Session, subject_id: UUID, resource_id: UUID, version: int) -> bool:
    """Make room for the next version; False when somebody else has done so first."""
    statement = (
        update(resources)
        .where(
            resources.c.subject_id == subject_id,
            resources.c.id == resource_id,
            resources.c.version == version,
            resources.c.is_current,
        )
        .values(is_current=False)
    )
    return session.execute(statement).rowcount == 1


def add_version(session: Session, values: Mapping[str, Any]) -> None:
    """Keep the next version of a resource."""
    session.execute(insert(resources), dict(values))


def list_resources(
    session: Session,
    actor: Actor,
    *,
    resource_type: str | None,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> Sequence[Row[Any]]:
    """Current resources the actor sees, newest first."""
    statement = select(resources).where(resources.c.is_current, ~resources.c.is_deleted, visible_to(actor))
    if resource_type is not None:
        statement = statement.where(resources.c.type == resource_type)
    if after is not None:
        statement = statement.where(tuple_(resources.c.recorded_at, resources.c.id) < tuple_(*after))
    order = (resources.c.recorded_at.desc(), resources.c.id.desc())
    return session.execute(statement.order_by(*order).limit(limit)).all()


def count_resources(session: Session, actor: Actor) -> tuple[int, datetime | None]:
    """How many current resources the actor sees, and when the newest was recorded."""
    statement = select(func.count().label("count"), func.max(resources.c.recorded_at).label("newest")).where(
        resources.c.is_current, ~resources.c.is_deleted, visible_to(actor)
    )
    found = session.execute(statement).mappings().one()
    return int(found["count"]), found["newest"]


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


def take_turn(session: Session, key: int) -> None:
    """Wait until nobody else with this key is at work; the turn ends with the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(key)))


def search_resources(
    session: Session,
    actor: Actor,
    conditions: SearchConditions,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> Sequence[Row[Any]]:
    """Resources that match and that the actor sees, in the query's order; ids break ties."""
    statement = select(resources).where(visible_to(actor), *conditions.clauses())
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
    statement = select(func.count()).select_from(resources).where(visible_to(actor), *conditions.clauses())
    count: int = session.execute(statement).scalar_one()
    return count


def add_index(
    session: Session,
    subject_id: UUID,
    resource_id: UUID,
    found: Sequence[bytes],
    spans: Sequence[tuple[str, date, date]],
) -> None:
    """Keep by what a resource is found."""
    ours = {"subject_id": subject_id, "resource_id": resource_id}
    if found:
        session.execute(insert(tokens), [{**ours, "digest": one} for one in found])
    if spans:
        named = [{"parameter": name, "first_on": first, "last_on": last} for name, first, last in spans]
        session.execute(insert(days), [{**ours, **one} for one in named])


def forget_index(session: Session, subject_id: UUID, resource_id: UUID) -> None:
    """Drop by what a resource was found before it changed."""
    for index in (tokens, days):
        session.execute(
            delete(index).where(index.c.subject_id == subject_id, index.c.resource_id == resource_id)
        )
