"""The FHIR base at `/health-file/fhir`: one file per interaction."""

from health_file.fhir.routes import bulk, bundle, history, instance, metadata, search, summary
from health_file.fhir.routes.blueprint import blueprint

__all__ = ["blueprint", "bulk", "bundle", "history", "instance", "metadata", "search", "summary"]
from health_file.fhir.routes import conditional

__all__ = ["blueprint", "bundle", "conditional", "history", "instance", "metadata", "search", "summary"]
from health_file.fhir.routes import (
    smart,
)

__all__ = [
    "blueprint",
    "bundle",
    "conditional",
    "history",
    "instance",
    "metadata",
    "search",
    "smart",
    "summary",
]
