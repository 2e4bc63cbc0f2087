"""What a Consent amounts to: rules that SQL can ask, and the parties that they name."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

STAFF_SYSTEM = "urn:citizen:staff"


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a reference of a provision means: a unit or a member of staff."""

    unit: str | None = None
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One provision with all that it inherits; None is about any. `within` is the rule that it is an exception of."""

    number: int = 0
    within: int | None = None
    is_denial: bool = False
    units: frozenset[str] | None = None
    persons: frozenset[UUID] | None = None
    purposes: frozenset[str] | None = None
    types: frozenset[str] | None = None
    levels: frozenset[str] | None = None
    labels: frozenset[str] | None = None
    instances: frozenset[UUID] | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    data_from: date | None = None
    data_until: date | None = None
