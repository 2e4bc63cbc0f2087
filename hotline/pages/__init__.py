"""The hotline's pages: one's own tickets, a new one, tracking, and the operators' queue."""

from hotline.pages import console, filing, live, own, pictures, search, statistics, templates, tracking
from hotline.pages.blueprint import blueprint
from hotline.pages.blueprint import filing as filing_blueprint
from hotline.pages.live import streams

__all__ = [
    "blueprint",
    "console",
    "filing",
    "filing_blueprint",
    "live",
    "own",
    "pictures",
    "search",
    "statistics",
    "streams",
    "templates",
    "tracking",
]
