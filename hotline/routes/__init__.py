"""The hotline's JSON API at `/hotline/v1`."""

from hotline.routes import (
    articles,
    calls,
    context,
    everybody,
    incoming,
    merging,
    notes,
    queue,
    rechecks,
    search,
    statistics,
    templates,
    tickets,
)
from hotline.routes.blueprint import blueprint

__all__ = [
    "articles",
    "blueprint",
    "calls",
    "context",
    "everybody",
    "incoming",
    "merging",
    "notes",
    "queue",
    "rechecks",
    "search",
    "statistics",
    "templates",
    "tickets",
]
