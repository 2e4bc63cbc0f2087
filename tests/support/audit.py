"""Every audit row that a test leaves must be of a documented kind."""

from functools import cache

from services.database.roles import Role
from services.ground import all_audit_events
from tests.support.database import SavepointDatabase

PLANTED = "test."
ROWS = (
    "SELECT event || coalesce((SELECT string_agg(' ' || name, '') FROM jsonb_object_keys(details) name), '') "
    "FROM audit.events"
)


@cache
def documented() -> dict[str, frozenset[str]]:
    from wsgi import MANIFESTS

    return {name: event.details for name, event in all_audit_events(MANIFESTS).items()}


def undocumented_events(database: SavepointDatabase) -> list[str]:
    """Kinds, with their details, that no manifest names."""
    found = set()
    for row in set(database.read_as(Role.VERIFIER, ROWS)):
        event, *details = row.split()
        if event.startswith(PLANTED):
            continue
        if event not in documented() or not set(details) <= documented()[event]:
            found.add(row)
    return sorted(found)
