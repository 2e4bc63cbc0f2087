"""Every SQL statement of the hotline."""

from hotline.store.clocks import (
    add_calendar_year,
    list_clocks,
    list_open_after,
    list_provisional,
    newest_calendar,
    put_clocks,
    read_calendar,
    read_policy,
)
from hotline.store.routing import list_routing_rules
from hotline.store.tickets import (
    Ticket,
    add_event,
    add_ticket,
    add_tracking_code,
    change_ticket,
    count_open,
    find_tracked,
    get_ticket,
    get_ticket_by_id,
    list_events,
    list_tickets,
    lock_next,
    open_filing,
)

__all__ = [
    "Ticket",
    "add_calendar_year",
    "add_event",
    "add_ticket",
    "add_tracking_code",
    "change_ticket",
    "count_open",
    "find_tracked",
    "get_ticket",
    "get_ticket_by_id",
    "list_clocks",
    "list_events",
    "list_open_after",
    "list_provisional",
    "list_routing_rules",
    "list_tickets",
    "lock_next",
    "newest_calendar",
    "open_filing",
    "put_clocks",
    "read_calendar",
    "read_policy",
]
