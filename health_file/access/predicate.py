"""The one predicate of every path that reads the file."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, true

from health_file.access.authors import author_of
from health_file.access.people import seen_by_person
from health_file.access.prepared import seen_by_unit_prepared
from health_file.access.smart import within_scopes
from health_file.access.units import seen_by_unit
from health_file.models import resources
from health_file.rules import DIRECTORY
from services.actor import Actor, ActorKind
from services.database.session import Session


def visible_to(session: Session, actor: Actor, rows: FromClause = resources) -> ColumnElement[bool]:
    """Whether an actor sees a row; whatever it does not see does not exist for it, in no count and no total.

    Residents see their own file, guardians and carers what the policy leaves them; a clinic what it wrote, whom it
    treats and what residents permit, less what they deny. Everybody sees the directory of organisations and
    practitioners, once the transaction reaches it (`store.reach_directory` for residents).
    Of all that, a token shows what its scopes reach.

    `rows` is the table of resources or an alias of it, so that includes and chains ask the same question.
    """
    return and_(_reached_by(session, actor, rows), within_scopes(session, actor, rows))


def _reached_by(session: Session, actor: Actor, rows: FromClause) -> ColumnElement[bool]:
    columns: Any = rows.c
    if actor.kind is ActorKind.SYSTEM:
        return true()
    if actor.kind is ActorKind.RESIDENT and actor.subject is not None:
        return seen_by_person(session, actor, rows)
    unit = author_of(actor)
    if unit is None:
        return false()
    if rows is resources:
        return or_(columns.subject_id == DIRECTORY, seen_by_unit_prepared(session, actor, unit))
    return or_(columns.subject_id == DIRECTORY, seen_by_unit(session, actor, unit, rows))
