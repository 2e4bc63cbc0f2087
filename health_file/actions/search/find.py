"""Searching: one page of what matches, its total, and what is included beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from health_file import store
from health_file.actions.disclosure import record_disclosure
from health_file.actions.search.include import Included, included_with
from health_file.actions.search.order import page_in_order
from health_file.actions.search.questions import record_nothing_found
from health_file.actions.search.understand import conditions_of
from health_file.actions.views import ResourceView, WrittenView, views_of, written_of
from health_file.fhir.query import Query, Results, SortKey
from health_file.rules import DIRECTORY
from services import audit
from services.actor import Actor
from services.database.session import Session

OWN = frozenset({"_id", "_lastUpdated"})
# Of so many residents a count is written down for each; of more it is about none of them.
MOST_FILES = 1000
NEWEST = (SortKey("_id", is_descending=True),)


@dataclass(frozen=True, slots=True)
class Matches:
    """One page of a search; `total` counts only what the actor may see, None where it was not asked for.

    `place` is where the next page goes on, None on the last one. They stand in `written` where they are to be answered
    whole and nobody looks into them, else in `views`.
    """

    views: list[ResourceView]
    total: int | None
    place: tuple[str, ...] | None = None
    included: Included = field(default_factory=Included)
    written: list[WrittenView] = field(default_factory=list)


def search_resources(
    session: Session,
    actor: Actor,
    queries: Sequence[Query],
    results: Results,
    *,
    place: Sequence[str] | None = None,
    are_whole: bool = False,
) -> Matches:
    """One page of what matches one of the queries, one for each type, from a place on.

    Access: scope health_file:read; the same predicate filters rows, total, chains and includes, before any limit.
    Effects: audit health_file.resources.read for each resident, naming parameters, never values.
    Raises: SearchTooCostly 400, IndexBehind 503.
    """
    wanted = [conditions_of(session, actor, query) for query in queries]
    if results.is_count_alone:
        return _counted(session, actor, queries, wanted)
    if all(key.parameter in OWN for key in results.sort):
        found = _page(session, actor, wanted, results, place, are_whole=are_whole)
    else:
        found = Matches(*page_in_order(session, actor, wanted, results, place))
    if found.views:
        beside = included_with(session, actor, found.views, results.includes)
        found = Matches(found.views, found.total, found.place, beside)
    if found.views or found.written or found.total:
        _record(session, actor, queries, found)
    else:
        record_nothing_found(session, actor, queries, **_said(queries))
    return found


def _counted(
    session: Session, actor: Actor, queries: Sequence[Query], wanted: Sequence[store.Conditions]
) -> Matches:
    """How many match: of few residents a number says as much as a record does, so that each of them sees it."""
    files = store.count_by_file(session, actor, wanted, most=MOST_FILES + 1)
    if len(files) > MOST_FILES:
        found = Matches([], store.count_matches(session, actor, wanted))
        _record(session, actor, queries, found)
        return found
    for subject_id, count in files:
        details = {**_said(queries), "count": count}
        about = None if subject_id == DIRECTORY else subject_id
        record_disclosure(session, actor, "health_file.resources.read", [], details=details, subject_id=about)
    if not files:
        record_nothing_found(session, actor, queries, **_said(queries))
    return Matches([], sum(count for _, count in files))


def find_rows(session: Session, actor: Actor, query: Query, *, limit: int) -> Sequence[Row[Any]]:
    """Rows that match a query, for conditional interactions. Nothing is shown, nothing is recorded."""
    wanted = [conditions_of(session, actor, query)]
    return store.find_matches(session, actor, wanted, order=store.Order(), limit=limit, after=None)


def _page(
    session: Session,
    actor: Actor,
    wanted: Sequence[store.Conditions],
    results: Results,
    place: Sequence[str] | None,
    *,
    are_whole: bool,
) -> Matches:
    """A page in the order of what stands in clear."""
    first = (results.sort or NEWEST)[0]
    order = store.Order(is_by_time=first.parameter == "_lastUpdated", is_descending=first.is_descending)
    after = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
    rows, total = store.find_page(
        session,
        actor,
        wanted,
        order=order,
        limit=results.count + 1,
        after=after,
        is_counted=results.total != "none",
    )
    last = rows[results.count - 1] if len(rows) > results.count else None
    following = (last.recorded_at.isoformat(), str(last.id)) if last else None
    if are_whole:
        return Matches([], total, following, written=written_of(session, rows[: results.count]))
    return Matches(views_of(session, rows[: results.count]), total, following)


def _record(session: Session, actor: Actor, queries: Sequence[Query], found: Matches) -> None:
    shown: list[ResourceView | WrittenView] = [*found.views, *found.written, *found.included.views]
    said = _said(queries)
    types = sorted({view.type for view in shown} | set(said["types"]))
    details: audit.Details = {**said, "types": types, "count": len(shown)}
    record_disclosure(session, actor, "health_file.resources.read", shown, details=details)


def _said(queries: Sequence[Query]) -> dict[str, Any]:
    """What a search asked for: types, and names of parameters, never values."""
    names = sorted({name for query in queries for name in query.parameters})
    return {"types": sorted({query.resource_type for query in queries}), "parameters": names}
