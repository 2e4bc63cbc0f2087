"""Finding resources, and the index by which they are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from health_file import store
from health_file.actions.disclosure import record_disclosure
from health_file.actions.views import ResourceView, view_of
from health_file.errors import Issue, ResourceInvalid
from health_file.fhir.index import index_of
from health_file.fhir.query import Query
from services import audit
from services.actor import Actor
from services.database.session import Session

TOKEN_BYTES = 16
# One resource may not fill the index: the largest official example needs a few hundred.
MOST_ENTRIES = 5000


@dataclass(frozen=True, slots=True)
class Matches:
    """One page of a search; `total` counts only what the actor may see, None where it was not asked for."""

    views: list[ResourceView]
    total: int | None
    has_more: bool


def search_resources(
    session: Session, actor: Actor, query: Query, *, after: tuple[datetime, UUID] | None = None
) -> Matches:
    """One page of what matches a query, after the row whose instant and id are given.

    Access: scope health_file:read; `visible_to` filters rows and total alike.
    Effects: audit health_file.resources.read for each resident, naming parameters, never values.
    """
    conditions = conditions_of(session, query)
    total = store.count_found(session, actor, conditions) if query.is_counted or not query.count else None
    rows = store.search_resources(session, actor, conditions, limit=query.count + 1, after=after)
    views = [view_of(session, row) for row in rows[: query.count]]
    if views or total:
        names = sorted({one.parameter for one in query.texts} | {one.parameter for one in query.days})
        details: audit.Details = {
            "types": [query.resource_type],
            "count": len(views),
            "parameters": names,
        }
        record_disclosure(session, actor, "health_file.resources.read", views, details=details)
    return Matches(views, total, has_more=len(rows) > query.count > 0)


def conditions_of(session: Session, query: Query) -> store.SearchConditions:
    """A query with the keyed token of each text that it asks for."""
    found = {
        one: tuple(
            session.keys.index(_field(query.resource_type, one.parameter), text)[:TOKEN_BYTES]
            for text in one.texts
        )
        for one in query.texts
    }
    return store.SearchConditions(query, found)


def index_resource(session: Session, view: ResourceView) -> None:
    """Make a version findable in place of the one before; a deletion is found by nothing."""
    index_resources(session, [view])


def index_resources(session: Session, views: Sequence[ResourceView]) -> None:
    """Make several versions findable at once. Raises: ResourceInvalid 422 where one would fill the index."""
    found: list[tuple[UUID, UUID, bytes]] = []
    spans: list[tuple[UUID, UUID, str, date, date]] = []
    for view in views:
        if view.version > 1:
            store.forget_index(session, view.subject_id, view.id)
        if not view.is_deleted:
            tokens, days = index_entries(session, view)
            found += [(view.subject_id, view.id, one) for one in tokens]
            spans += [(view.subject_id, view.id, *one) for one in days]
    store.add_indexes(session, found, spans)


def index_entries(
    session: Session, view: ResourceView
) -> tuple[Sequence[bytes], Sequence[tuple[str, date, date]]]:
    """The keyed tokens and the day ranges of one resource. Raises: ResourceInvalid 422."""
    found = index_of(view.body)
    tokens = {session.keys.index(_field(view.type, code), text)[:TOKEN_BYTES] for code, text in found.texts}
    spans = {(f"{view.type}.{code}", first, last) for code, first, last in found.days}
    if len(tokens) + len(spans) > MOST_ENTRIES:
        raise ResourceInvalid([Issue(view.type, f"at most {MOST_ENTRIES} searchable values", "too-costly")])
    return sorted(tokens), sorted(spans)


def _field(resource_type: str, parameter: str) -> str:
    """Each type and parameter has a key of its own: equal values of two do not look alike."""
    return f"health_file.{resource_type}.{parameter}"
