"""The hotline's pages: one's own tickets, a new one, tracking, and the operators' queue."""

from hotline.pages import (
    articles,
    calls,
    console,
    context,
    filing,
    intake,
    live,
    own,
    pictures,
    search,
    statistics,
    templates,
    tracking,
)
from hotline.pages.blueprint import blueprint
from hotline.pages.blueprint import filing as filing_blueprint
from hotline.pages.live import streams

__all__ = [
    "articles",
    "blueprint",
    "calls",
    "console",
    "context",
    "filing",
    "filing_blueprint",
    "intake",
    "live",
    "own",
    "pictures",
    "search",
    "statistics",
    "streams",
    "templates",
    "tracking",
]
