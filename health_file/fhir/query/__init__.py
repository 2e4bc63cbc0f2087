"""Reads a search: names, modifiers and values become conditions. Pure; what is not understood is refused.

Standard: FHIR R4 search.html.
"""

from health_file.fhir.query.conditions import (
    Chain,
    Condition,
    DayRange,
    Days,
    Has,
    Ids,
    Owners,
    OwnersWith,
    Query,
    Recorded,
    Texts,
)
from health_file.fhir.query.filters import known_only, parse
from health_file.fhir.query.results import (
    DEFAULT_COUNT,
    MOST_COUNT,
    Include,
    Results,
    SortKey,
    is_result,
    read_count,
    take_results,
)

__all__ = [
    "DEFAULT_COUNT",
    "MOST_COUNT",
    "Chain",
    "Condition",
    "DayRange",
    "Days",
    "Has",
    "Ids",
    "Include",
    "Owners",
    "OwnersWith",
    "Query",
    "Recorded",
    "Results",
    "SortKey",
    "Texts",
    "is_result",
    "known_only",
    "parse",
    "read_count",
    "take_results",
]
