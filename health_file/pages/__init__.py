"""The health file's pages at `/my/health`: what a resident sees, in everyday words."""

from health_file.pages import (
    archive,
    consents,
    delegates,
    documents,
    emergencies,
    erasure,
    file,
    launch,
    links,
    lists,
    openings,
    readers,
    results,
    summary,
    take,
    treating,
)
from health_file.pages.blueprint import blueprint

# The modules register their views on the one blueprint.
__all__ = [
    "archive",
    "blueprint",
    "consents",
    "delegates",
    "documents",
    "emergencies",
    "erasure",
    "file",
    "launch",
    "links",
    "lists",
    "openings",
    "readers",
    "results",
    "summary",
    "take",
    "treating",
]
