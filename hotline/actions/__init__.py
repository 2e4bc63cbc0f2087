"""The hotline's use cases."""

from hotline.actions.claims import claim_next, claim_ticket
from hotline.actions.clocks import check_clocks, publish_year
from hotline.actions.filing import Filed, create_ticket, list_categories
from hotline.actions.reading import Tracked, list_tickets, read_ticket, track_ticket
from hotline.actions.routing import plan_route
from hotline.actions.search import (
    Facets,
    Found,
    SavedView,
    count_facets,
    forget_view,
    list_saved_views,
    save_view,
    search_tickets,
)
from hotline.actions.steps import change_ticket, recalculate, take_timed_step
from hotline.actions.views import EventView, TicketView

__all__ = [
    "EventView",
    "Facets",
    "Filed",
    "Found",
    "SavedView",
    "TicketView",
    "Tracked",
    "change_ticket",
    "check_clocks",
    "claim_next",
    "claim_ticket",
    "count_facets",
    "create_ticket",
    "forget_view",
    "list_categories",
    "list_saved_views",
    "list_tickets",
    "plan_route",
    "publish_year",
    "read_ticket",
    "recalculate",
    "save_view",
    "search_tickets",
    "take_timed_step",
    "track_ticket",
]
