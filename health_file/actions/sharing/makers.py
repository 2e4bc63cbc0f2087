"""Who made a link for somebody else: it opens for as long as they act for that person, and no longer."""

from datetime import datetime
from typing import Any

from services.actor import Actor, Relation
from services.database.roles import Role
from services.database.session import Session
from services.gateway.directory import find_birthday, list_guardians
from services.gateway.people.relations import guarded_until


def may_last_until(session: Session, actor: Actor, wanted: datetime) -> datetime:
    """Until when a link lasts: a parent's not beyond the child's 14th birthday."""
    if actor.relation is not Relation.GUARDIAN or actor.subject is None:
        return wanted
    born_on = find_birthday(session, actor.subject)
    return wanted if born_on is None else min(wanted, guarded_until(born_on))


def stands(session: Session, row: Any) -> bool:
    """Whether the link's maker is still somebody who may show this file: the resident, or a parent now."""
    if row.made_by is None or row.made_by == row.subject_id:
        return True
    if session.opening.role is Role.GATEWAY:
        return row.made_by in list_guardians(session, row.subject_id)
    with session.entered(Role.GATEWAY):
        return row.made_by in list_guardians(session, row.subject_id)
