"""Every SQL statement of the health file, one file per thing they are about."""

from health_file.store.bulk import add_indexes, add_resources, add_versions
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
from health_file.store.everything import WholeFile, count_file, list_file
from health_file.store.history import count_versions, list_versions
from health_file.store.index import forget_index
from health_file.store.reindexing import claim_indexing, count_rows_before, forget_indexes, list_rows_before
from health_file.store.resources import (
    claim_patient_place,
    count_resources,
    find_resource,
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
from health_file.store.shelves import claim_shelf, find_residents_of, find_shelf, reach_directory
from health_file.store.turns import take_turn

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
    "add_indexes",
    "add_resources",
    "add_versions",
    "claim_indexing",
    "claim_patient_place",
    "claim_shelf",
    "count_file",
    "count_matches",
    "count_resources",
    "count_rows_before",
    "count_versions",
    "decided",
    "find_matches",
    "find_naming",
    "find_referenced",
    "find_residents_of",
    "find_resource",
    "find_shelf",
    "find_undecided",
    "forget_index",
    "forget_indexes",
    "has_rows_before",
    "list_file",
    "list_resources",
    "list_rows_before",
    "list_versions",
    "reach_directory",
    "retire_versions",
    "take_turn",
]
