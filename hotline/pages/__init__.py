"""The hotline's pages: one's own tickets, a new one, tracking, and the operators' queue."""

from hotline.pages import console, filing, own, pictures, search, statistics, tracking
from hotline.pages.blueprint import blueprint
from hotline.pages.blueprint import filing as filing_blueprint

__all__ = [
    "blueprint",
    "console",
    "filing",
    "filing_blueprint",
    "own",
    "pictures",
    "search",
    "statistics",
    "tracking",
]
