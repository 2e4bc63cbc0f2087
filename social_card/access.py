"""Who may do what with cards, and which cards an actor sees."""

from sqlalchemy import ColumnElement, false, true

from services.actor import Actor, ActorKind, Relation
from social_card.models import cards

READ = "social_card:read"
APPLY = "social_card:apply"
MANAGE = "social_card:work"
CHECK = "social_card:check"
OFFICE = "CARD"


def may_show(actor: Actor) -> bool:
    """Whether the actor may show the card: its holder, or a child's parent. Showing it opens more than the card."""
    return actor.kind is ActorKind.RESIDENT and actor.relation in {Relation.SELF, Relation.GUARDIAN}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """One's own cards (or a child's); all for the officers of the card centre."""
    if actor.kind is ActorKind.RESIDENT and actor.subject is not None:
        return cards.c.subject_id == actor.subject
    if "officer" in actor.roles and actor.unit == OFFICE:
        return true()
    return true() if actor.kind is ActorKind.SYSTEM else false()
