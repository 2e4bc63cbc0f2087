"""Open311 GeoReport v2 at `/hotline/open311/v2`."""
