"""The hotline's pure domain: the ticket's life as data, its history as a chain, its catalogue."""

from hotline.rules.catalogue import CATEGORIES, Category, ticket_number
from hotline.rules.history import Event, Facts, broken_link, fold
from hotline.rules.machine import (
    OPEN_STATES,
    TIMERS,
    TRANSITIONS,
    Arrow,
    find_arrow,
    legal_actions,
    next_of_itself,
)
from hotline.rules.states import LEASE, STATE_TITLES, Action, Effect, Guard, Need, State

__all__ = [
    "CATEGORIES",
    "LEASE",
    "OPEN_STATES",
    "STATE_TITLES",
    "TIMERS",
    "TRANSITIONS",
    "Action",
    "Arrow",
    "Category",
    "Effect",
    "Event",
    "Facts",
    "Guard",
    "Need",
    "State",
    "broken_link",
    "find_arrow",
    "fold",
    "legal_actions",
    "next_of_itself",
    "ticket_number",
]
