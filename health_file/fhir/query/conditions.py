"""What a search asks for, understood."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Union
from uuid import UUID

from health_file.fhir.query.looking import Look


@dataclass(frozen=True, slots=True)
class Texts:
    """One of these texts is indexed under the parameter, or none of them is.

    Where the index alone does not decide, `look` does, on the opened resource.
    """

    parameter: str
    texts: tuple[str, ...]
    is_negated: bool = False
    look: Look | None = None
    since: int = 1


@dataclass(frozen=True, slots=True)
class DayRange:
    """A prefix and the days of a value; `instants` where the value is finer than days."""

    prefix: str
    first: date
    last: date
    instants: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """A day range of the parameter stands so to one of these; `look` decides what days cannot."""

    parameter: str
    ranges: tuple[DayRange, ...]
    look: Look | None = None
    since: int = 1


@dataclass(frozen=True, slots=True)
class Ids:
    """The resource is one of these."""

    ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The version was recorded so to one of these."""

    ranges: tuple[tuple[str, datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Owners:
    """The resource stands in the file of one of these Patients."""

    parameter: str
    patients: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class OwnersWith:
    """In the same file stands a resource that matches: a chain to the Patient, or `_has` of what is about it."""

    parameter: str
    query: "Query"


@dataclass(frozen=True, slots=True)
class Chain:
    """The parameter names a resource that matches one of these."""

    parameter: str
    queries: tuple["Query", ...]
    since: int = 1


@dataclass(frozen=True, slots=True)
class Has:
    """A resource that matches names this one by the parameter."""

    parameter: str
    query: "Query"


Condition = Union[Texts, Days, Ids, Recorded, Owners, OwnersWith, Chain, Has]  # noqa: UP007  # Query stands below


@dataclass(frozen=True, slots=True)
class Query:
    """A search of one type, understood: all of these hold."""

    resource_type: str
    conditions: tuple[Condition, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked besides the type."""
        return bool(self.conditions)

    @property
    def parameters(self) -> list[str]:
        """The names that were asked for, without their values."""
        return sorted({name for one in self.conditions for name in _names(one)})

    @property
    def since(self) -> int:
        """With which version of the index a row must be written, to be found or left out rightly."""
        return max((_since(one) for one in self.conditions), default=0)


def _names(condition: Condition) -> Iterator[str]:
    match condition:
        case Ids():
            yield "_id"
        case Recorded():
            yield "_lastUpdated"
        case Chain(parameter, queries):
            yield from (f"{parameter}.{name}" for query in queries for name in query.parameters)
        case OwnersWith(parameter, query) | Has(parameter, query):
            yield from (f"{parameter}.{name}" for name in query.parameters)
        case _:
            yield condition.parameter


def _since(condition: Condition) -> int:
    match condition:
        case Texts() | Days():
            return condition.since
        case Chain(_, queries):
            return max(condition.since, *(query.since for query in queries))
        case OwnersWith(_, query) | Has(_, query):
            return query.since
        case _:
            return 0
