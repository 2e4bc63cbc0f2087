"""The tables of the health file, by what they hold."""

from health_file.models.finding import days, tokens
from health_file.models.importing import import_entries, import_names
from health_file.models.leaving import erasures, export_chunks, exports, share_accesses, share_urls, shares
from health_file.models.reach import consent_rules, emergencies, openings, readers, treating_relations
from health_file.models.schema import metadata
from health_file.models.versions import chunks, patients, resource_ids, resources, shelves

__all__ = [
    "chunks",
    "consent_rules",
    "days",
    "emergencies",
    "erasures",
    "export_chunks",
    "exports",
    "import_entries",
    "import_names",
    "metadata",
    "openings",
    "patients",
    "readers",
    "resource_ids",
    "resources",
    "share_accesses",
    "share_urls",
    "shares",
    "shelves",
    "tokens",
    "treating_relations",
]
