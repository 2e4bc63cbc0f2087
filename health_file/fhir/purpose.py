"""X-Purpose-Of-Use: a caller says for what it asks, where that is less than what would be assumed."""

from dataclasses import replace

from flask import Request

from health_file.access.purposes import EMERGENCY, NAMEABLE, purpose_of
from health_file.errors import PurposeNotPossible
from services.actor import Actor

HEADER = "X-Purpose-Of-Use"


def actor_for(request: Request, actor: Actor) -> Actor:
    """The actor with the purpose of this request.

    Raises: PurposeNotPossible 403 for one that the actor may not name, and for any beside an emergency's.
    """
    named = request.headers.get(HEADER)
    if named is None:
        return replace(actor, purpose=purpose_of(actor))
    code = named.strip().rpartition("|")[2]
    if actor.purpose == EMERGENCY and code != EMERGENCY:
        raise PurposeNotPossible
    if code not in NAMEABLE.get(actor.kind, frozenset()) and code != actor.purpose:
        raise PurposeNotPossible
    return replace(actor, purpose=code)
