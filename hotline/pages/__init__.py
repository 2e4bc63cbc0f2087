"""The hotline's pages: one's own tickets, a new one, tracking, and the operators' queue."""

from hotline.pages import console, live, own, search, statistics, tracking
from hotline.pages.blueprint import blueprint
from hotline.pages.live import streams

__all__ = ["blueprint", "console", "live", "own", "search", "statistics", "streams", "tracking"]
