"""Statistics over the observations of one resident."""

from collections.abc import Sequence
from typing import Any

from health_file import store
from health_file.actions.disclosure import record_disclosure
from health_file.actions.search.questions import record_nothing_found
from health_file.actions.search.understand import MOST_OPENED, conditions_of
from health_file.actions.views import ResourceView, views_of
from health_file.errors import SearchTooCostly
from health_file.fhir.query import Query
from health_file.fhir.statistics import Asked, statistics_of
from services import audit
from services.actor import Actor
from services.database.session import Session

# What was retracted is no measurement.
RETRACTED = frozenset({"entered-in-error", "cancelled"})


def read_statistics(
    session: Session, actor: Actor, query: Query, asked: Asked
) -> tuple[list[dict[str, Any]], Sequence[ResourceView]]:
    """The statistics, and what they were made of, newest first.

    Standard: FHIR R4 observation-operation-stats.html.
    Access: scope health_file:read; over what the actor sees, which the audit row names.
    Effects: audit health_file.resources.read. Raises: SearchTooCostly 400.
    """
    conditions = conditions_of(session, actor, query)
    rows = store.find_matches(
        session, actor, [conditions], order=store.Order(), limit=MOST_OPENED + 1, after=None
    )
    if len(rows) > MOST_OPENED:
        raise SearchTooCostly
    views = [view for view in views_of(session, rows) if view.body.get("status") not in RETRACTED]
    parameters = [*query.parameters, "$stats"]
    if views:
        details: audit.Details = {"types": ["Observation"], "count": len(views), "parameters": parameters}
        record_disclosure(session, actor, "health_file.resources.read", views, details=details)
    else:
        record_nothing_found(session, actor, [query], types=["Observation"], parameters=parameters)
    return list(statistics_of(asked, [view.body for view in views])), views
