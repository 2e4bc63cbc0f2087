"""The index by which resources are found."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from health_file import store
from health_file.actions.views import ResourceView
from health_file.errors import Issue, ResourceInvalid
from health_file.fhir.index import index_of
from services.database.session import Session

TOKEN_BYTES = 16
# One resource may not fill the index: the largest official example needs a few hundred.
MOST_ENTRIES = 5000


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
    tokens = {token_of(session, view.type, code, text) for code, text in found.texts}
    spans = {(f"{view.type}.{code}", first, last) for code, first, last in found.days}
    if len(tokens) + len(spans) > MOST_ENTRIES:
        raise ResourceInvalid([Issue(view.type, f"at most {MOST_ENTRIES} searchable values", "too-costly")])
    return sorted(tokens), sorted(spans)


def token_of(session: Session, resource_type: str, parameter: str, text: str) -> bytes:
    """A text as it stands in the index.

    Each type and parameter has a key of its own: equal values of two do not look alike.
    """
    return session.keys.index(f"health_file.{resource_type}.{parameter}", text)[:TOKEN_BYTES]
