"""Who may do what at the hotline, and which tickets an actor sees."""

from sqlalchemy import ColumnElement, false, true

from hotline.models import tickets
from services.actor import Actor, ActorKind

READ = "hotline:read"
CREATE = "hotline:create"
CLAIM = "hotline:claim"
WORK = "hotline:work"


def holders_of(actor: Actor) -> frozenset[str]:
    """As what an actor stands before the state table."""
    if actor.kind is ActorKind.RESIDENT:
        return frozenset({"resident"})
    return frozenset({"system"}) if actor.kind is ActorKind.SYSTEM else actor.roles


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The tickets an actor sees: one's own; all for the desk; those of the unit for an officer."""
    if actor.kind is ActorKind.RESIDENT and actor.subject is not None:
        return tickets.c.subject_id == actor.subject
    if actor.roles & {"operator", "supervisor"}:
        return true()
    if "officer" in actor.roles and actor.unit:
        return tickets.c.unit == actor.unit
    return false()
