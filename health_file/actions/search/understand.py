"""From what is asked to what is looked up: keyed tokens, chains, and rows to open where the index cannot decide."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from health_file import store
from health_file.actions.search.index import token_of
from health_file.actions.views import views_of
from health_file.errors import IndexBehind, SearchTooCostly
from health_file.fhir.query import (
    Chain,
    Condition,
    Days,
    Has,
    Ids,
    Owners,
    OwnersWith,
    Query,
    Recorded,
    Texts,
)
from health_file.fhir.query.looking import Look
from health_file.fhir.references import named_in
from services.actor import Actor
from services.database.session import Session

# How many rows one search opens to look at what no index may tell, and how many a chain may lead over.
MOST_OPENED = 5000
MOST_LINKED = 1000


def conditions_of(session: Session, actor: Actor, query: Query) -> store.Conditions:
    """A query as conditions on the index.

    A chain is followed over rows that the actor sees, no others: it tells nothing about the rest.
    Raises: IndexBehind 503, SearchTooCostly 400.
    """
    require_index(session, query)
    conditions = _plain(session, actor, query)
    looks = [one.look for one in query.conditions if isinstance(one, Texts | Days) and one.look]
    if not looks:
        return conditions
    rows = store.find_undecided(session, actor, conditions, limit=MOST_OPENED + 1)
    if len(rows) > MOST_OPENED:
        raise SearchTooCostly
    return store.decided(conditions, _looked_at(session, rows, looks))


def require_index(session: Session, query: Query) -> None:
    """Refuse a search whose parameters are not yet in the index of every row. Raises: IndexBehind 503."""
    if query.since > 1 and store.has_rows_before(session, query.since):
        raise IndexBehind


def _looked_at(session: Session, rows: Sequence[Row[Any]], looks: list[Look]) -> list[UUID]:
    return [view.id for view in views_of(session, rows) if all(look.finds(view.body) for look in looks)]


def _plain(session: Session, actor: Actor, query: Query) -> store.Conditions:
    parts = tuple(_part(session, actor, query.resource_type, one) for one in query.conditions)
    return store.Conditions(query.resource_type, parts)


def _part(session: Session, actor: Actor, resource_type: str, condition: Condition) -> store.Part:
    part: store.Part
    match condition:
        case Texts(parameter, texts, is_negated, look):
            digests = _tokens(session, resource_type, parameter, texts)
            part = store.HasTexts(digests, is_negated, is_doubtful=look is not None)
        case Days(parameter, ranges, look):
            part = store.HasDays(f"{resource_type}.{parameter}", ranges, is_doubtful=look is not None)
        case Ids(ids):
            part = store.IsOneOf(ids)
        case Recorded(ranges):
            part = store.WasRecorded(ranges)
        case Owners(_, patients):
            part = store.InFilesOf(patients)
        case OwnersWith(_, query):
            part = store.BesideMatch(conditions_of(session, actor, query))
        case Chain(parameter, queries):
            linked = [row for query in queries for row in _linked(session, actor, query)]
            names = [f"{row.type}/{row.id}" for row in linked]
            part = store.HasTexts(_tokens(session, resource_type, parameter, names))
        case Has(parameter, query):
            code = parameter.rpartition(":")[2]
            part = store.IsOneOf(_named(session, actor, query, code, resource_type))
    return part


def _tokens(session: Session, resource_type: str, parameter: str, texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(token_of(session, resource_type, parameter, text) for text in texts)


def _linked(session: Session, actor: Actor, query: Query) -> Sequence[Row[Any]]:
    conditions = conditions_of(session, actor, query)
    rows = store.find_matches(
        session, actor, [conditions], order=store.Order(), limit=MOST_LINKED + 1, after=None
    )
    if len(rows) > MOST_LINKED:
        raise SearchTooCostly
    return rows


def _named(session: Session, actor: Actor, query: Query, code: str, resource_type: str) -> tuple[UUID, ...]:
    """The resources of a type that the matches of a query name by a parameter."""
    rows = _linked(session, actor, query)
    found = {
        own
        for view in views_of(session, rows)
        for kind, own in named_in(view.body, code)
        if kind == resource_type
    }
    return tuple(sorted(found))
