"""Who decides about a file: the resident, or a child's parent."""

from uuid import UUID

from services.actor import Actor, ActorKind, Relation
from services.errors import Denied

DECIDERS = frozenset({Relation.SELF, Relation.GUARDIAN})


def decider_of(actor: Actor) -> UUID:
    """For whom an actor decides. Raises: Denied 403."""
    if actor.kind is not ActorKind.RESIDENT or actor.subject is None or actor.relation not in DECIDERS:
        raise Denied
    return actor.subject
