"""The last observations of each kind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from health_file import store
from health_file.actions.disclosure import record_disclosure
from health_file.actions.search.questions import record_nothing_found
from health_file.actions.search.understand import MOST_OPENED, conditions_of
from health_file.actions.views import ResourceView, views_of
from health_file.errors import SearchTooCostly
from health_file.fhir.query import Query
from health_file.fhir.sorting import key_of
from services import audit
from services.actor import Actor
from services.database.session import Session


def read_last_observations(session: Session, actor: Actor, query: Query, *, most: int) -> list[ResourceView]:
    """Of each kind of observation that matches, the `most` last ones, the newest first.

    Standard: FHIR R4 observation-operation-lastn.html. Two observations are of one kind where they share a coding, or,
    without codings, the words of their code.
    Access: scope health_file:read. Effects: audit health_file.resources.read. Raises: SearchTooCostly 400.
    """
    conditions = conditions_of(session, actor, query)
    rows = store.find_matches(
        session, actor, [conditions], order=store.Order(), limit=MOST_OPENED + 1, after=None
    )
    if len(rows) > MOST_OPENED:
        raise SearchTooCostly
    views = [
        view
        for kind in _kinds(views_of(session, rows))
        for view in sorted(kind, key=_when, reverse=True)[:most]
    ]
    if views:
        details: audit.Details = {
            "types": ["Observation"],
            "count": len(views),
            "parameters": [*query.parameters, "$lastn"],
        }
        record_disclosure(session, actor, "health_file.resources.read", views, details=details)
    else:
        parameters = [*query.parameters, "$lastn"]
        record_nothing_found(session, actor, [query], types=["Observation"], parameters=parameters)
    return views


def _when(view: ResourceView) -> tuple[str, str]:
    return key_of(view.body, "date", is_descending=True) or "", str(view.id)


def _kinds(views: Sequence[ResourceView]) -> list[list[ResourceView]]:
    """Observations by kind: what shares a coding with another, directly or over a third, is of its kind."""
    leaders: dict[str, str] = {}

    def leader(name: str) -> str:
        while leaders.setdefault(name, name) != name:
            name = leaders[name]
        return name

    kinds: dict[str, list[ResourceView]] = {}
    named = [(view, list(_names(view.body.get("code", {}))) or [""]) for view in views]
    for _, names in named:
        for name in names[1:]:
            leaders[leader(name)] = leader(names[0])
    for view, names in named:
        kinds.setdefault(leader(names[0]), []).append(view)
    return list(kinds.values())


def _names(code: Mapping[str, Any]) -> Iterator[str]:
    codings = code.get("coding", [])
    for coding in codings:
        yield f"{coding.get('system', '')}|{coding.get('code', coding.get('display', ''))}"
    if not codings and "text" in code:
        yield f"={code['text']}"
