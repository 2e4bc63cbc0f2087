"""To whom a ticket would go, and why, without sending it."""

from typing import Any
from uuid import UUID

from hotline import store
from hotline.rules.routing import Route, RoutingRule, route
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
    return route(ticket.category, ticket.district, rules)
