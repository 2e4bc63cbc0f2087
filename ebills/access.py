"""Who may do what with bills."""

from services.actor import Actor, ActorKind

READ = "ebills:read"
LINK = "ebills:link"
IMPORT = "ebills:import"


def may_import(actor: Actor, biller: str) -> bool:
    """A biller's staff or system imports for its own organisation alone; seeding acts for all."""
    return actor.unit == biller or actor.kind is ActorKind.SYSTEM
