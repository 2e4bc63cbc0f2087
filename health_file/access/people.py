"""What people see: their own file in full; a child's or another adult's without what is withheld from them."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, or_

from health_file.access.policy import GUARDED_UNTIL, Audience, has_label, withheld_from
from health_file.models import resources
from health_file.rules import DIRECTORY, RESIDENT_AUTHOR
from services import clock
from services.actor import Actor, Relation
from services.database.session import Session
from services.gateway.directory import find_birthday

AUDIENCES = {Relation.GUARDIAN: Audience.GUARDIAN, Relation.CARER: Audience.CARER}


def seen_by_person(session: Session, actor: Actor, rows: FromClause = resources) -> ColumnElement[bool]:
    """Whether somebody sees a row: the resident, a child's parent until the child is 14, a carer.

    That a relation stands is asked for where the actor is made; the child's age is looked at here once more.
    """
    columns: Any = rows.c
    own = columns.subject_id == actor.subject
    directory = columns.subject_id == DIRECTORY
    if actor.relation is Relation.SELF:
        # One condition on the key, so that the read stays one of the index.
        return columns.subject_id.in_((actor.subject, DIRECTORY))  # type: ignore[no-any-return]
    audience = AUDIENCES.get(actor.relation)
    if audience is None:
        return false()
    age = _age(session, actor)
    hidden = has_label(session, rows, withheld_from(audience, age))
    if audience is Audience.CARER:
        hidden = or_(hidden, and_(columns.type == "Consent", columns.author == RESIDENT_AUTHOR))
    elif age is None or age >= GUARDED_UNTIL:
        return directory  # type: ignore[no-any-return]
    return or_(directory, and_(own, ~hidden))


def _age(session: Session, actor: Actor) -> int | None:
    """How old a person acted for is today, in the city; None where nobody knows."""
    born_on = None if actor.subject is None else find_birthday(session, actor.subject)
    return None if born_on is None else age_on(born_on, session.at.astimezone(clock.SHANGHAI).date())


def age_on(born_on: date, day: date) -> int:
    """Whole years; who is born on 29 February has a birthday on 1 March of other years. Pure."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
