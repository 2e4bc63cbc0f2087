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
from health_file.store.history import count_versions, list_versions
from health_file.store.index import forget_index
from health_file.store.own_file import find_own
from health_file.store.resources import (
    claim_patient_places,
    count_resources,
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
from health_file.store.shelves import claim_shelf, find_residents_of, find_shelf, reach_directory
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
    "add_indexes",
    "add_resources",
    "add_versions",
    "claim_patient_places",
    "claim_shelf",
    "count_matches",
    "count_resources",
    "count_versions",
    "decided",
    "find_matches",
    "find_naming",
    "find_own",
    "find_patient_id",
    "find_patients",
    "find_referenced",
    "find_residents_of",
    "find_resource",
    "find_resources",
    "find_shelf",
    "find_undecided",
    "forget_index",
    "has_rows_before",
    "list_named",
    "list_newest_of_types",
    "list_resources",
    "list_versions",
    "reach_directory",
    "retire_versions",
    "take_turns",
]
