"""Who may write into a file."""

from services.actor import Actor, ActorKind


def author_of(actor: Actor) -> str | None:
    """The clinic for which an actor writes, or None when it may not."""
    if actor.kind is ActorKind.SYSTEM or "practitioner" in actor.roles or actor.kind is ActorKind.CLIENT:
        return actor.unit
    return None
