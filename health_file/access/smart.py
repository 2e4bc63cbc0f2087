"""What SMART scopes leave of the rows and acts that somebody may reach anyhow: they take away, and never add.

Whoever holds our own scope `health_file:read` is not limited by them. A granular scope (`?category=…`) reaches current
versions alone, because the index knows of no other what it was.

Standard: SMART App Launch 2.2.0, section 3.0.2. An unknown scope reaches nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, false, literal, or_, select, true

from health_file.access.scopes import CONSENT, READ, WRITE
from health_file.models import resources, tokens
from health_file.rules import DIRECTORY
from health_file.smart.grammar import READING, WRITING, Reach, read_scopes
from services.actor import Actor, ActorKind
from services.database.session import Session
from services.errors import Denied

# By which scopes each kind of actor reaches anything; every other kind by none.
CONTEXTS: Mapping[ActorKind, frozenset[str]] = {
    ActorKind.RESIDENT: frozenset({"patient", "user"}),
    ActorKind.STAFF: frozenset({"patient", "user"}),
    ActorKind.CLIENT: frozenset({"system"}),
}


def within_scopes(session: Session, actor: Actor, rows: FromClause = resources) -> ColumnElement[bool]:
    """The part of `visible_to` that scopes decide: types, values of parameters, and the one patient.

    To write, a row may also be found by the letters of writing; what it holds is shown by those of reading alone.
    """
    if actor.kind is ActorKind.SYSTEM or READ in actor.scopes:
        return true()
    columns: Any = rows.c
    consents = columns.type == "Consent" if CONSENT in actor.scopes else false()
    if not actor.implied:
        return true() if WRITE in actor.scopes else consents
    letters = READING if READ in actor.implied else READING | WRITING
    conditions = [_rows_of(session, actor, reach, rows) for reach in _reaches(actor, letters)]
    return or_(consents, *conditions)


def check_write(
    actor: Actor,
    letter: str,
    resource_type: str,
    *versions: Callable[[], Mapping[str, Any]],
    subject_id: UUID,
) -> None:
    """Whether the scopes let somebody create (`c`), update (`u`) or delete (`d`) this in this person's file.

    Each version must have the values that a granular scope names: the one that was, and the one that will be. None is
    opened where no such scope asks.

    Raises: Denied 403.
    """
    if actor.kind is ActorKind.SYSTEM or WRITE in actor.scopes or _may_consent(actor, resource_type):
        return
    for reach in _reaches(actor, frozenset(letter)):
        is_theirs = reach.context != "patient" or patient_of(actor) == subject_id
        has_values = is_theirs and all(reach.admits(read()) for read in (versions if reach.filters else ()))
        if resource_type in reach.types and is_theirs and has_values:
            return
    raise Denied


def may_write(actor: Actor, resource_type: str, letter: str = "c") -> bool:
    """Whether the scopes let somebody write this type at all."""
    if actor.kind is ActorKind.SYSTEM or WRITE in actor.scopes or _may_consent(actor, resource_type):
        return True
    return any(resource_type in reach.types for reach in _reaches(actor, frozenset(letter)))


def may_read(actor: Actor, resource: Mapping[str, Any]) -> bool:
    """Whether the scopes let somebody who may change a resource also see all of it."""
    if actor.kind is ActorKind.SYSTEM or READ in actor.scopes:
        return True
    return any(reach.admits(resource) for reach in _reaches(actor, "r"))


def may_search(actor: Actor, resource_type: str) -> bool:
    """Whether the scopes let somebody search this type."""
    if actor.kind is ActorKind.SYSTEM or READ in actor.scopes:
        return True
    return any(resource_type in reach.types for reach in _reaches(actor, "s"))


def has_smart_scopes(actor: Actor) -> bool:
    """Whether any SMART scope of the actor's kind lets them do anything."""
    return bool(_reaches(actor, READING | WRITING))


def _may_consent(actor: Actor, resource_type: str) -> bool:
    return resource_type == "Consent" and actor.kind is ActorKind.RESIDENT and CONSENT in actor.scopes


def patient_of(actor: Actor) -> UUID | None:
    """The one resident whose file `patient/` scopes reach."""
    return actor.subject if actor.kind is ActorKind.RESIDENT else actor.patient


def _reaches(actor: Actor, letters: Iterable[str]) -> list[Reach]:
    contexts, wanted = CONTEXTS.get(actor.kind, frozenset()), frozenset(letters)
    return [
        reach
        for reach in read_scopes(sorted(actor.scopes))
        if reach.context in contexts and wanted & set(reach.letters)
    ]


def _rows_of(session: Session, actor: Actor, reach: Reach, rows: FromClause) -> ColumnElement[bool]:
    columns: Any = rows.c
    patient = patient_of(actor)
    conditions: list[ColumnElement[bool]] = [columns.type.in_(reach.types)]
    if reach.context == "patient":
        if patient is None:
            return false()
        # The directory is about nobody: whom a record names there, its reader may look up.
        conditions.append(columns.subject_id.in_((patient, DIRECTORY)))
    if reach.filters:
        conditions.append(columns.is_current)
        conditions += [
            or_(*(_has_value(session, rows, kind, code, values) for kind in reach.types))
            for code, values in reach.filters
        ]
    return and_(*conditions)


def _has_value(
    session: Session, rows: FromClause, kind: str, code: str, values: Iterable[str]
) -> ColumnElement[bool]:
    """One of the values is indexed for the row, under the key of its type and parameter."""
    columns: Any = rows.c
    index = tokens.alias()
    digests = [session.keys.index(f"health_file.{kind}.{code}", value)[:16] for value in sorted(values)]
    found = (
        select(literal(1))
        .where(
            index.c.subject_id == columns.subject_id,
            index.c.resource_id == columns.id,
            index.c.digest.in_(digests),
        )
        .correlate(rows)
        .exists()
    )
    return and_(columns.type == kind, found)
