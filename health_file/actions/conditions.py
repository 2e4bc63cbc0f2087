"""Interactions that name their resource by a search: one after the other, so that races have one outcome."""

from collections.abc import Iterable
from typing import Any

from health_file import store
from health_file.actions.search import find_rows
from health_file.errors import SeveralMatches
from health_file.fhir.query import Query
from services.actor import Actor
from services.database.session import Session


def take_turns(session: Session, queries: Iterable[Query]) -> None:
    """Go after everybody who creates or changes by one of these conditions, whichever way."""
    keys = [session.keys.index("health_file.condition", repr(query)) for query in queries]
    if keys:
        store.take_turns(session, [int.from_bytes(key[:8], signed=True) for key in keys])


def find_match(session: Session, actor: Actor, query: Query) -> Any | None:
    """The one row that the actor sees and that matches. Raises: SeveralMatches 412."""
    rows = find_rows(session, actor, query, limit=2)
    if len(rows) > 1:
        raise SeveralMatches
    return rows[0] if rows else None
