"""Who may do what at the hotline, and which tickets an actor sees."""

from collections.abc import Collection
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true

from hotline.models import tickets
from services import state_table
from services.actor import Actor, ActorKind
from services.errors import Denied, NotFound

# RFC 9396: a token may be for some tickets only.
DETAIL_TYPE = "ticket"

READ = "hotline:read"
CREATE = "hotline:create"
CLAIM = "hotline:claim"
WORK = "hotline:work"
SHARE = "hotline:share"


def staff_of(actor: Actor) -> UUID:
    """The account of whoever works at the hotline or for it. Raises: Denied 403."""
    if actor.account is None or not actor.roles:
        raise Denied
    return actor.account


class Answered(Protocol):
    """What answers for a ticket: one unit, and those that help it."""

    @property
    def unit(self) -> str:
        """The unit that answers."""

    @property
    def co_units(self) -> Collection[str]:
        """The units that help."""


def holders_of(actor: Actor, ticket: Answered | None = None) -> frozenset[str]:
    """As what an actor stands before the state table: an officer before another unit's ticket helps at most."""
    holders = state_table.holders_of(actor)
    if ticket is None or "officer" not in holders or actor.unit == ticket.unit:
        return holders
    helps = frozenset({"co_officer"}) if actor.unit in ticket.co_units else frozenset[str]()
    return holders - {"officer"} | helps


def operator_of(actor: Actor) -> UUID:
    """The account of an operator. Raises: NotFound, for whoever is none sees nothing here."""
    if actor.account is None or "operator" not in holders_of(actor):
        raise NotFound
    return actor.account


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The tickets an actor sees: one's own within the token's limits; all for the desk.

    An officer sees those that the unit answers for, and those that it helps with.
    """
    if actor.kind is ActorKind.RESIDENT and actor.subject is not None:
        return and_(tickets.c.subject_id == actor.subject, _within_limits(actor))
    if actor.roles & {"operator", "supervisor"}:
        return true()
    if "officer" in actor.roles and actor.unit:
        return or_(tickets.c.unit == actor.unit, tickets.c.co_units.any_() == actor.unit)
    return false()


def sees_contact(actor: Actor, row: Any) -> bool:
    """Who may see how a reporter can be reached: themselves, whoever holds the ticket, and who supervises.

    A department calls the residents of its own tickets, but not of confidential ones. Whoever helps calls nobody.
    """
    if actor.kind is ActorKind.RESIDENT:
        return bool(row.subject_id == actor.subject)
    if "supervisor" in actor.roles or (row.claimed_by is not None and row.claimed_by == actor.account):
        return True
    return bool("officer" in actor.roles and row.unit == actor.unit and not row.is_confidential)


def _within_limits(actor: Actor) -> ColumnElement[bool]:
    """The tickets that authorization details name; one that names none is for all of them."""
    limits = actor.limits_of(DETAIL_TYPE)
    if not limits or any("identifier" not in limit for limit in limits):
        return true()
    return tickets.c.id.in_([UUID(one) for limit in limits for one in limit["identifier"]])
