"""Who may do what with bills; nothing else decides."""

from uuid import UUID

from sqlalchemy import ColumnElement, false

from ebills import models
from services.actor import Actor, ActorKind
from services.errors import Denied

READ = "ebills:read"
CLAIM = "ebills:claim"
IMPORT = "ebills:import"


def subject_of(actor: Actor) -> UUID:
    """Whose bills the actor may see: those of the one subject it acts for.

    Raises: Denied 403 for staff and systems, who act for nobody.
    """
    if actor.subject is None:
        raise Denied
    return actor.subject


def may_import(actor: Actor, biller: str) -> bool:
    """A biller's staff and systems import for their own organisation alone; our own seeding for each."""
    return actor.unit == biller or actor.kind is ActorKind.SYSTEM


def visible_imports(actor: Actor) -> ColumnElement[bool]:
    """The imports of the actor's own organisation; of nobody for who belongs to none."""
    return false() if actor.unit is None else models.imports.c.biller == actor.unit
