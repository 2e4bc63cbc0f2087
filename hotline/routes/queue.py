"""The queue: claims, and where dispatch would lead."""

from uuid import UUID

from hotline import access, actions, schemas
from hotline.routes.blueprint import blueprint
from hotline.rules.routing import Route
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/tickets/<uuid:ticket_id>/claim", methods=["POST"])
@scopes(access.CLAIM)
@blueprint.response(200, schemas.TicketSchema)
def claim_ticket(ticket_id: UUID) -> actions.TicketView:
    """Claim a waiting ticket; exactly one operator wins."""
    return actions.claim_ticket(current_session(), current_actor(), ticket_id=ticket_id)


@blueprint.route("/queue/claim-next", methods=["POST"])
@scopes(access.CLAIM)
@blueprint.response(200, schemas.TicketSchema)
def claim_next() -> actions.TicketView:
    """Claim the ticket that has waited longest."""
    return actions.claim_next(current_session(), current_actor())


@blueprint.route("/tickets/<uuid:ticket_id>/route", methods=["GET"])
@scopes(access.WORK)
@blueprint.response(200, schemas.RouteSchema)
def plan_route(ticket_id: UUID) -> Route:
    """Say where dispatch would send the ticket and why, without sending it."""
    return actions.plan_route(current_session(), current_actor(), ticket_id=ticket_id)
