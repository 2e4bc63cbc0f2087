"""A search that finds nothing answers all the same: whom it named hears that somebody asked."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from health_file import store
from health_file.actions.disclosure import record_question
from health_file.fhir.query import Ids, Owners, Query
from health_file.rules import DIRECTORY_TYPES
from services.actor import Actor, ActorKind
from services.database.session import Session

# So many of the residents whom a search names hear that it found nothing.
MOST_NAMED = 100


def record_nothing_found(
    session: Session,
    actor: Actor,
    queries: Sequence[Query],
    *,
    types: Sequence[str],
    parameters: Sequence[str],
) -> None:
    """Write it down for the residents whom the queries name by a Patient's id or, where a resident asks, for theirs.

    Effects: audit health_file.resources.asked, whether or not the asker would be let in.
    """
    if all(query.resource_type in DIRECTORY_TYPES for query in queries):
        return
    if actor.kind is ActorKind.RESIDENT:
        owners: Sequence[UUID] = [] if actor.subject is None else [actor.subject]
    else:
        named = {one for query in queries for one in _patients_named(query)}
        owners = store.list_residents_of(session, sorted(named)[:MOST_NAMED]) if named else []
    record_question(session, actor, owners, types=types, parameters=parameters)


def _patients_named(query: Query) -> Iterator[UUID]:
    for part in query.conditions:
        if isinstance(part, Owners):
            yield from part.patients
        elif isinstance(part, Ids) and query.resource_type == "Patient":
            yield from part.ids
