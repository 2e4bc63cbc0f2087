"""Who may do what with bills; nothing else decides."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, false

from ebills import models
from services.actor import Actor, ActorKind
from services.errors import Denied

# RFC 9396: a token may be for the bills of one biller or account number only.
DETAIL_TYPE = "utility_bill"

READ = "ebills:read"
CLAIM = "ebills:claim"
IMPORT = "ebills:import"


@dataclass(frozen=True, slots=True)
class Limit:
    """Bills of one biller or one account number; None does not limit."""

    biller: str | None
    account_number: str | None

    def admits(self, biller: str, account_number: str) -> bool:
        """Whether an account lies within."""
        return self.biller in {None, biller} and self.account_number in {None, account_number}


def subject_of(actor: Actor) -> UUID:
    """Whose bills the actor may see: those of the one subject it acts for, all of them.

    Raises: Denied 403 for staff and systems, who act for nobody, and for a token that is for some bills only.
    """
    subject, limits = reach_of(actor)
    if limits:
        raise Denied
    return subject


def reach_of(actor: Actor) -> tuple[UUID, tuple[Limit, ...]]:
    """Whose bills the actor may see, and within which limits (RFC 9396); with none of these, all of them.

    Raises: Denied 403 for staff and systems, who act for nobody.
    """
    if actor.subject is None:
        raise Denied
    limits = tuple(
        Limit(limit.get("biller"), limit.get("account_number")) for limit in actor.limits_of(DETAIL_TYPE)
    )
    is_limited = bool(limits) and Limit(None, None) not in limits
    return actor.subject, limits if is_limited else ()


def may_import(actor: Actor, biller: str) -> bool:
    """A biller's staff and systems import for their own organisation alone; our own seeding for each."""
    return actor.unit == biller or actor.kind is ActorKind.SYSTEM


def visible_imports(actor: Actor) -> ColumnElement[bool]:
    """The imports of the actor's own organisation; of nobody for who belongs to none."""
    return false() if actor.unit is None else models.imports.c.biller == actor.unit
