"""The conditions of a search as SQL. Whose rows may be seen is not among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Union
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, and_, false, literal, not_, or_, select, true

from health_file.access import visible_to
from health_file.fhir.query import DayRange
from health_file.models import days, patients, resources, tokens
from services.actor import Actor
from services.database.session import Session


@dataclass(frozen=True, slots=True)
class HasTexts:
    """One of these is indexed, or none; `is_doubtful` where the index finds more than what is asked for."""

    digests: tuple[bytes, ...]
    is_negated: bool = False
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class HasDays:
    """A day range of the parameter stands so to one of these."""

    parameter: str
    ranges: tuple[DayRange, ...]
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class InFilesOf:
    """In the file of one of these Patients."""

    patients: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class BesideMatch:
    """In a file in which the actor sees a resource that matches."""

    conditions: "Conditions"


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """One of these ids."""

    ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class WasRecorded:
    """Recorded so to one of these: (prefix, first instant, last instant)."""

    ranges: tuple[tuple[str, datetime, datetime], ...]


Part = Union[HasTexts, HasDays, InFilesOf, BesideMatch, IsOneOf, WasRecorded]  # noqa: UP007  # Conditions stands below


@dataclass(frozen=True, slots=True)
class Conditions:
    """All of these, for one type; `accepted` are rows that were looked at where the index alone cannot decide."""

    resource_type: str
    parts: tuple[Part, ...]
    accepted: tuple[UUID, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """Whether some rows must be looked at."""
        return any(_is_doubtful(part) for part in self.parts)


def where(
    session: Session, actor: Actor, conditions: Conditions, rows: FromClause
) -> list[ColumnElement[bool]]:
    """Every condition: what the index is sure of, and what was accepted by looking."""
    clauses = [rows.c.type == conditions.resource_type]
    clauses += [_sql(session, actor, part, rows) for part in conditions.parts if not _is_doubtful(part)]
    if conditions.is_doubtful:
        sure = [_sure(part, rows) for part in conditions.parts if _is_doubtful(part)]
        clauses.append(or_(and_(*sure), rows.c.id.in_(conditions.accepted)))
    return clauses


def undecided(
    session: Session, actor: Actor, conditions: Conditions, rows: FromClause
) -> list[ColumnElement[bool]]:
    """What the index does not exclude, without what it is sure of."""
    doubtful = [part for part in conditions.parts if _is_doubtful(part)]
    clauses = [rows.c.type == conditions.resource_type, rows.c.is_current, ~rows.c.is_deleted]
    clauses += [_sql(session, actor, part, rows) for part in conditions.parts]
    return [*clauses, not_(and_(*(_sure(part, rows) for part in doubtful)))]


def _is_doubtful(part: Part) -> bool:
    return isinstance(part, HasTexts | HasDays) and part.is_doubtful


def _sql(session: Session, actor: Actor, part: Part, rows: FromClause) -> ColumnElement[bool]:
    """A condition as far as the index goes."""
    clause: ColumnElement[bool]
    match part:
        case HasTexts(digests, is_negated):
            is_there = _own(tokens, rows).where(tokens.c.digest.in_(digests)).exists()
            clause = ~is_there if is_negated else is_there
        case HasDays(_, ranges):
            clause = _some_day(part, rows, [_possible(one) for one in ranges])
        case InFilesOf(wanted):
            owners = select(patients.c.subject_id).where(patients.c.resource_id.in_(wanted))
            one = owners.scalar_subquery()
            clause = rows.c.subject_id == one if len(wanted) == 1 else rows.c.subject_id.in_(owners)
        case BesideMatch(conditions):
            clause = _beside(session, actor, conditions, rows)
        case IsOneOf(ids):
            clause = rows.c.id.in_(ids)
        case WasRecorded(wanted_ranges):
            instant = (rows.c.recorded_at, rows.c.recorded_at)
            clause = or_(*(_compare(prefix, *instant, low, high) for prefix, low, high in wanted_ranges))
    return clause


def _beside(session: Session, actor: Actor, conditions: Conditions, rows: FromClause) -> ColumnElement[bool]:
    """That a match stands in the same file, which the actor must see as well."""
    beside = resources.alias()
    statement = select(literal(1)).where(
        beside.c.subject_id == rows.c.subject_id,
        beside.c.is_current,
        ~beside.c.is_deleted,
        visible_to(session, actor, beside),
        *where(session, actor, conditions, beside),
    )
    return statement.correlate(rows).exists()


def _sure(part: Part, rows: FromClause) -> ColumnElement[bool]:
    """Where the index alone is sure of a doubtful condition."""
    if isinstance(part, HasDays):
        return _some_day(part, rows, [_certain(one) for one in part.ranges])
    return false()


def _own(index: Any, rows: FromClause) -> Select[Any]:
    """The entries of the row that is asked about, however deep that question stands."""
    its = (index.c.subject_id == rows.c.subject_id, index.c.resource_id == rows.c.id)
    return select(literal(1)).where(*its).correlate(rows)


def _some_day(
    part: HasDays, rows: FromClause, alternatives: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    named = days.c.parameter == part.parameter
    return _own(days, rows).where(named, or_(*alternatives)).exists()


def _possible(one: DayRange) -> ColumnElement[bool]:
    """What days do not exclude: on the day itself, hours decide."""
    first, last, day = days.c.first_on, days.c.last_on, one.first
    if one.instants is None:
        return _compare(one.prefix, first, last, one.first, one.last)
    possible: dict[str, ColumnElement[bool]] = {
        "eq": and_(first == day, last == day),
        "ne": true(),
        "gt": last >= day,
        "ge": last >= day,
        "lt": first <= day,
        "le": first <= day,
        "sa": first >= day,
        "eb": last <= day,
    }
    return possible[one.prefix]


def _certain(one: DayRange) -> ColumnElement[bool]:
    """What days alone are sure of."""
    first, last, day = days.c.first_on, days.c.last_on, one.first
    if one.instants is None:
        return _compare(one.prefix, first, last, one.first, one.last)
    certain: dict[str, ColumnElement[bool]] = {
        "eq": false(),
        "ne": not_(and_(first == day, last == day)),
        "gt": last > day,
        "ge": last > day,
        "lt": first < day,
        "le": first < day,
        "sa": first > day,
        "eb": last < day,
    }
    return certain[one.prefix]


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
