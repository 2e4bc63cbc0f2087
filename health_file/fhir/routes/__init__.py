"""The FHIR base at `/health-file/fhir`: one file per interaction."""

from health_file.fhir.routes import (
    audit,
    bulk,
    bundle,
    conditional,
    emergency,
    erase,
    everything,
    history,
    instance,
    lastn,
    match,
    metadata,
    search,
    smart,
    stats,
    summary,
    validate,
)
from health_file.fhir.routes.blueprint import blueprint

__all__ = [
    "audit",
    "blueprint",
    "bulk",
    "bundle",
    "conditional",
    "emergency",
    "erase",
    "everything",
    "history",
    "instance",
    "lastn",
    "match",
    "metadata",
    "search",
    "smart",
    "stats",
    "summary",
    "validate",
]
