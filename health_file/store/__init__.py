"""Every SQL statement of the health file, one file per thing they are about."""

from health_file.store.bulk import add_indexes, add_resources, add_versions
from health_file.store.chunks import add_chunks, list_chunks
from health_file.store.conditions import (
    BesideMatch,
    Conditions,
    HasDays,
    HasTexts,
    InFilesOf,
    IsOneOf,
    Part,
    WasRecorded,
)
from health_file.store.consents import find_permission, replace_rules
from health_file.store.everything import WholeFile, count_file, list_file
from health_file.store.exports import (
    add_export,
    add_export_chunk,
    change_export,
    count_running_exports,
    delete_export_chunks,
    find_export,
    list_export_chunks,
    list_exports,
    list_files,
    list_for_export,
    list_visible,
    lock_export,
    next_chunk,
)
from health_file.store.history import count_versions, list_versions
from health_file.store.index import forget_index
from health_file.store.labels import spread_labels
from health_file.store.own_file import find_own
from health_file.store.reindexing import claim_indexing, count_rows_before, forget_indexes, list_rows_before
from health_file.store.relations import end_relations, find_standing, open_relation
from health_file.store.resources import (
    claim_patient_places,
    count_resources,
    find_in_directory,
    find_patient_id,
    find_resource,
    find_resources,
    list_resources,
    retire_versions,
)
from health_file.store.search import (
    Order,
    count_matches,
    decided,
    find_matches,
    find_naming,
    find_referenced,
    find_undecided,
    has_rows_before,
)
from health_file.store.shelves import (
    claim_shelf,
    find_practitioner_id,
    find_residents_of,
    find_shelf,
    reach_directory,
)
from health_file.store.turns import take_turns
from health_file.store.whole import find_patients, list_named, list_newest_of_types

__all__ = [
    "BesideMatch",
    "Conditions",
    "HasDays",
    "HasTexts",
    "InFilesOf",
    "IsOneOf",
    "Order",
    "Part",
    "WasRecorded",
    "WholeFile",
    "add_chunks",
    "add_export",
    "add_export_chunk",
    "add_indexes",
    "add_resources",
    "add_versions",
    "change_export",
    "claim_indexing",
    "claim_patient_places",
    "claim_shelf",
    "count_file",
    "count_matches",
    "count_resources",
    "count_rows_before",
    "count_running_exports",
    "count_versions",
    "decided",
    "delete_export_chunks",
    "end_relations",
    "find_export",
    "find_in_directory",
    "find_matches",
    "find_naming",
    "find_own",
    "find_patient_id",
    "find_patients",
    "find_permission",
    "find_practitioner_id",
    "find_referenced",
    "find_residents_of",
    "find_resource",
    "find_resources",
    "find_shelf",
    "find_standing",
    "find_undecided",
    "forget_index",
    "forget_indexes",
    "has_rows_before",
    "list_chunks",
    "list_export_chunks",
    "list_exports",
    "list_file",
    "list_files",
    "list_for_export",
    "list_named",
    "list_newest_of_types",
    "list_resources",
    "list_rows_before",
    "list_versions",
    "list_visible",
    "lock_export",
    "next_chunk",
    "open_relation",
    "reach_directory",
    "replace_rules",
    "retire_versions",
    "spread_labels",
    "take_turns",
]
