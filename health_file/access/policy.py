"""What is withheld from whom unless the resident says otherwise: a table, with the version that answers go by.

The resident's own file is open to the resident alone in full. A child's parents see less of what is most the child's
own from the age of 12; a carer helps without needing it; a treating clinic sees what is restricted, not what is very
restricted; in an emergency what is restricted takes a second confirmation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, LargeBinary, false, literal
from sqlalchemy.dialects.postgresql import ARRAY

from health_file.fhir.labels import CATEGORIES, RESTRICTED, VERY_RESTRICTED
from services.database.session import Session
from services.ports import KeyRing

VERSION = "2026-11"
LABEL_BYTES = 16
GUARDED_UNTIL = 14
VERY = f"security={VERY_RESTRICTED}"


class Audience(StrEnum):
    """As what somebody stands before another person's file."""

    GUARDIAN = "guardian"
    CARER = "carer"
    TREATING = "treating"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Withheld:
    """Labels that an audience does not see of a resident of at least this age."""

    audience: Audience
    from_age: int
    labels: tuple[str, ...]


POLICY = (
    Withheld(Audience.GUARDIAN, 0, (VERY,)),
    Withheld(Audience.GUARDIAN, 12, CATEGORIES),
    Withheld(Audience.CARER, 0, (VERY, *CATEGORIES)),
    Withheld(Audience.TREATING, 0, (VERY,)),
    Withheld(Audience.EMERGENCY, 0, (VERY, f"security={RESTRICTED}")),
)


def withheld_from(audience: Audience, age: int | None) -> frozenset[str]:
    """The labels that are withheld; somebody of unknown age counts as of any."""
    return frozenset(
        label
        for row in POLICY
        if row.audience is audience and (age is None or age >= row.from_age)
        for label in row.labels
    )


def digest_of(keys: KeyRing, label: str) -> bytes:
    """How a label stands in a row: nothing sensitive in clear."""
    return keys.index("health_file.label", label)[:LABEL_BYTES]


def has_label(session: Session, rows: FromClause, labels: Iterable[str]) -> ColumnElement[bool]:
    """Whether a row carries one of these labels."""
    columns: Any = rows.c
    wanted = sorted(digest_of(session.keys, label) for label in labels)
    if not wanted:
        return false()
    return columns.labels.op("&&", is_comparison=True)(literal(wanted, ARRAY(LargeBinary)))  # type: ignore[no-any-return]
