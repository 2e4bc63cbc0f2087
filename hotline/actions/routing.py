"""To whom a ticket would go, and why, without sending it."""

from typing import Any
from uuid import UUID

from hotline import store
from hotline.models import tickets
from hotline.rules.publications import backstops_in
from hotline.rules.routing import Backstops, Route, RoutingRule, route
from services import audit, vault
from services.actor import Actor
from services.database.session import Session


def plan_route(session: Session, actor: Actor, *, ticket_id: UUID) -> Route:
    """Where dispatch would send a ticket by itself: a dry run, with every rule that was asked.

    Access: scope hotline:work. Raises: NotFound 404.
    """
    return route_of(session, store.get_ticket(session, actor, ticket_id))


def route_of(session: Session, ticket: Any) -> Route:
    """The route of a ticket under the newest version of the table."""
    rules = [
        RoutingRule(
            version=row.version, rank=row.rank, category=row.category, district=row.district, unit=row.unit
        )
        for row in store.list_routing_rules(session)
    ]
    return route(ticket.category, ticket.district, rules, backstops_now(session), _place(session, ticket))


def backstop_of(session: Session, ticket: Any) -> tuple[str, int]:
    """(unit, version of the table): who takes a ticket that nobody would, by its district or the place it names."""
    backstops = backstops_now(session)
    return backstops.unit_of(ticket.district, _place(session, ticket)), backstops.version


def backstops_now(session: Session) -> Backstops:
    """The newest version of the backstops."""
    rows = store.list_backstops(session)
    return Backstops(version=rows[0].version, units={row.district: row.unit for row in rows})


def publish_backstops(session: Session, actor: Actor, *, content: Any) -> tuple[int, bool]:
    """Publish who takes what nobody would, by district: (version that now holds, whether it is new).

    Access: the worker. Effects: a version for whatever is decided from now on, audit hotline.backstops.published.
        What holds already is not published again.
    Raises: Invalid 422 naming the district that is wrong.
    """
    units, now = backstops_in(content), backstops_now(session)
    if now.units == units:
        return now.version, False
    store.add_backstops(session, now.version + 1, units)
    audit.append(session, actor, "hotline.backstops.published", details={"version": now.version + 1})
    return now.version + 1, True


def _place(session: Session, ticket: Any) -> str:
    """Where the reporter says it is, to find a district in; shown to nobody."""
    cipher = vault.cipher_for(session, ticket.subject_id)
    return cipher.unseal_text(tickets.c.place_sealed, ticket.id, ticket.place_sealed)
