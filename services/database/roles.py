"""The database roles, entered by `set local role` inside `gateway.open_request`; none owns a table."""

from enum import StrEnum

from services.actor import Actor, ActorKind

OWNER = "citizen_owner"
APP = "citizen_app"


class Role(StrEnum):
    """As whom a transaction touches tables. `RESIDENT` is the app's own login role, the narrowest."""

    RESIDENT = "citizen_app"
    STAFF = "citizen_staff"
    GATEWAY = "citizen_gateway"
    WORKER = "citizen_worker"
    SEQUENCER = "citizen_sequencer"
    VERIFIER = "citizen_verifier"


ENTERED = tuple(role for role in Role if role is not Role.RESIDENT)


def role_of(actor: Actor) -> Role:
    """The narrowest role in which this kind of actor can do its work."""
    if actor.kind in {ActorKind.STAFF, ActorKind.CLIENT}:
        return Role.STAFF
    if actor.kind is ActorKind.SYSTEM:
        return Role.WORKER
    return Role.RESIDENT
