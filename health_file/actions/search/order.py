"""Pages in an order that only opened resources tell: by codes, words, hours."""

from collections.abc import Sequence
from functools import cmp_to_key
from typing import NamedTuple
from uuid import UUID

from health_file import store
from health_file.actions.search.understand import MOST_OPENED
from health_file.actions.views import ResourceView, views_of
from health_file.errors import SearchTooCostly
from health_file.fhir.query import Results, SortKey
from health_file.fhir.sorting import key_of
from services.actor import Actor
from services.database.session import Session


class Keys(NamedTuple):
    """By what one resource stands in the order; ids break ties."""

    keys: tuple[str | None, ...]
    id: UUID


Placed = tuple[Keys, ResourceView]


def page_in_order(
    session: Session,
    actor: Actor,
    wanted: Sequence[store.Conditions],
    results: Results,
    place: Sequence[str] | None,
) -> tuple[list[ResourceView], int | None, tuple[str, ...] | None]:
    """A page, the total, and where the next page goes on.

    Everything that matches is opened and put in order: keys that could be compared in SQL would tell what is sealed.
    Raises: SearchTooCostly 400, where that is too much.
    """
    rows = store.find_matches(session, actor, wanted, order=store.Order(), limit=MOST_OPENED + 1, after=None)
    if len(rows) > MOST_OPENED:
        raise SearchTooCostly
    placed: list[Placed] = [(_keys(view, results.sort), view) for view in views_of(session, rows)]

    def compare(one: Placed, other: Placed) -> int:
        return _compare(one[0], other[0], results.sort)

    placed.sort(key=cmp_to_key(compare))
    if place is not None:
        last = _read(place)
        placed = [one for one in placed if _compare(one[0], last, results.sort) > 0]
    page = placed[: results.count]
    more = page[-1][0] if len(placed) > results.count else None
    total = len(rows) if results.total != "none" else None
    return [view for _, view in page], total, _written(more) if more else None


def _keys(view: ResourceView, sort: Sequence[SortKey]) -> Keys:
    return Keys(tuple(_key(view, one) for one in sort), view.id)


def _key(view: ResourceView, one: SortKey) -> str | None:
    if one.parameter == "_id":
        return str(view.id)
    if one.parameter == "_lastUpdated":
        return f"{view.recorded_at.timestamp():020.6f}"
    return key_of(view.body, one.parameter, is_descending=one.is_descending)


def _compare(one: Keys, other: Keys, sort: Sequence[SortKey]) -> int:
    """What has no key comes last, in both directions."""
    for own, others, key in zip(one.keys, other.keys, sort, strict=True):
        if own == others:
            continue
        if own is None or others is None:
            return 1 if own is None else -1
        return (1 if own > others else -1) * (-1 if key.is_descending else 1)
    return (one.id > other.id) - (one.id < other.id)


def _written(keys: Keys) -> tuple[str, ...]:
    return (str(keys.id), *("" if key is None else f"={key}" for key in keys.keys))


def _read(place: Sequence[str]) -> Keys:
    own, *keys = place
    return Keys(tuple(key[1:] if key else None for key in keys), UUID(own))
