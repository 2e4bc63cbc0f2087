"""The hotline's pages: one's own tickets, a new one, tracking, and the operators' queue."""

from hotline.pages import console, own, search, statistics, tracking
from hotline.pages.blueprint import blueprint

__all__ = ["blueprint", "console", "own", "search", "statistics", "tracking"]
