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
from health_file.store.consents import find_permission, list_consents, replace_rules
from health_file.store.history import count_versions, list_versions
from health_file.store.index import forget_index
from health_file.store.labels import spread_labels
from health_file.store.own_file import find_own, list_newest
from health_file.store.readers import (
    add_reader,
    has_reader,
    list_organizations,
    list_readers,
    reach_names,
)
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
    "add_reader",
    "add_resources",
    "add_versions",
    "claim_patient_places",
    "claim_shelf",
    "count_matches",
    "count_resources",
    "count_versions",
    "decided",
    "end_relations",
    "find_in_directory",
    "find_matches",
    "find_naming",
    "find_own",
    "find_patient_id",
    "find_patients",
    "find_permission",
    "find_referenced",
    "find_residents_of",
    "find_resource",
    "find_resources",
    "find_shelf",
    "find_standing",
    "find_undecided",
    "forget_index",
    "has_reader",
    "has_rows_before",
    "list_consents",
    "list_named",
    "list_newest_of_types",
    "list_organizations",
    "list_readers",
    "list_resources",
    "list_versions",
    "open_relation",
    "reach_directory",
    "reach_names",
    "replace_rules",
    "retire_versions",
    "spread_labels",
    "take_turn",
    "take_turns",
]
