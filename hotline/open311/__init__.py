"""Open311 GeoReport v2 at `/hotline/open311/v2`."""

from hotline.open311 import requests, services, submission
from hotline.open311.blueprint import blueprint

__all__ = ["blueprint", "requests", "services", "submission"]
