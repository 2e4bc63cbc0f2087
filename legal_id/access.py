"""Who may do what with legal persons."""

from services.actor import Actor, ActorKind

READ = "legal_id:read"
REGISTER = "legal_id:register"
DECIDE = "legal_id:work"
OFFICE = "REGISTER"


def is_registrar(actor: Actor) -> bool:
    """Whether the actor is an officer of the register."""
    return "officer" in actor.roles and actor.unit == OFFICE


def may_register(actor: Actor) -> bool:
    """A resident registers the business that they represent, for themselves and nobody else."""
    return actor.kind is ActorKind.RESIDENT and actor.account is not None and actor.subject == actor.account
