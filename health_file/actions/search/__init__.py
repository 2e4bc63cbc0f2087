"""Finding resources, and the index by which they are found."""

from health_file.actions.search.find import Matches, find_rows, search_resources
from health_file.actions.search.include import Included
from health_file.actions.search.index import index_entries, index_resource, index_resources, token_of
from health_file.actions.search.understand import conditions_of

__all__ = [
    "Included",
    "Matches",
    "conditions_of",
    "find_rows",
    "index_entries",
    "index_resource",
    "index_resources",
    "search_resources",
    "token_of",
]
