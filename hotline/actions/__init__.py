"""The hotline's use cases."""

from hotline.actions.claims import claim_next, claim_ticket
from hotline.actions.clocks import check_clocks, publish_year
from hotline.actions.filing import Filed, create_ticket, list_categories
from hotline.actions.reading import Tracked, list_tickets, read_ticket, track_ticket
from hotline.actions.routing import plan_route
from hotline.actions.steps import change_ticket, recalculate, take_timed_step
from hotline.actions.views import EventView, TicketView

__all__ = [
    "EventView",
    "Filed",
    "TicketView",
    "Tracked",
    "change_ticket",
    "check_clocks",
    "claim_next",
    "claim_ticket",
    "create_ticket",
    "list_categories",
    "list_tickets",
    "plan_route",
    "publish_year",
    "read_ticket",
    "recalculate",
    "take_timed_step",
    "track_ticket",
]
