"""The hotline's JSON API at `/hotline/v1`."""

from hotline.routes import everybody, queue, search, tickets
from hotline.routes.blueprint import blueprint

__all__ = ["blueprint", "everybody", "queue", "search", "tickets"]
