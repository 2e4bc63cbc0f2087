"""Who may read and write a health file."""

from sqlalchemy import ColumnElement, false, true

from health_file.models import resources
from services.actor import Actor, ActorKind

READ = "health_file:read"
WRITE = "health_file:write"


def author_of(actor: Actor) -> str | None:
    """The clinic for which an actor writes, or None when it may not."""
    if actor.kind is ActorKind.SYSTEM or "practitioner" in actor.roles or actor.kind is ActorKind.CLIENT:
        return actor.unit
    return None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Residents see their own file (or a child's); a clinic sees what it wrote itself, nothing more."""
    if actor.kind is ActorKind.RESIDENT and actor.subject is not None:
        return resources.c.subject_id == actor.subject
    author = author_of(actor)
    if actor.kind is ActorKind.SYSTEM:
        return true()
    return resources.c.author == author if author else false()
