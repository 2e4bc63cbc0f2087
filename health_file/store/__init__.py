"""Every SQL statement of the health file, one file per thing they are about."""

from health_file.store.bulk import add_indexes, add_resources
from health_file.store.history import count_versions, list_versions
from health_file.store.index import forget_index
from health_file.store.own_file import find_own, list_newest
from health_file.store.resources import (
    add_resource,
    add_version,
    claim_patient_place,
    count_resources,
    find_owner,
    find_resource,
    list_resources,
    retire_version,
)
from health_file.store.search import SearchConditions, count_found, search_resources
from health_file.store.turns import take_turn

__all__ = [
    "SearchConditions",
    "add_indexes",
    "add_resource",
    "add_resources",
    "add_version",
    "claim_patient_place",
    "count_found",
    "count_resources",
    "count_versions",
    "find_own",
    "find_owner",
    "find_resource",
    "forget_index",
    "list_newest",
    "list_resources",
    "list_versions",
    "retire_version",
    "search_resources",
    "take_turn",
]
