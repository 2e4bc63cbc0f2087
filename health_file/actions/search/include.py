"""What a search shows beside its matches: what they name, and what names them (search.html#include)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from health_file import store
from health_file.actions.search.index import token_of
from health_file.actions.views import ResourceView, views_of
from health_file.errors import IndexBehind
from health_file.fhir.parameters import PARAMETERS
from health_file.fhir.query import Include
from health_file.fhir.references import codes_of, named_in
from services.actor import Actor
from services.database.session import Session

# How many are shown beside one page, and how often what is included is itself looked at.
MOST_INCLUDED = 1000
MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Included:
    """What stands beside a page; `is_cut` where there was more than one answer holds."""

    views: list[ResourceView] = field(default_factory=list)
    is_cut: bool = False


def included_with(
    session: Session, actor: Actor, matches: Sequence[ResourceView], includes: Sequence[Include]
) -> Included:
    """What the includes add, each row once, none of them a match, every one seen by the actor by the same predicate.

    An include with `:iterate` also looks at what was included.
    """
    found: dict[UUID, ResourceView] = {}
    known = {view.id for view in matches}
    start: Sequence[ResourceView] = matches
    chosen: Sequence[Include] = includes
    for _ in range(MOST_ROUNDS):
        if not start or not chosen:
            break
        rows = [
            *_referenced(session, actor, start, chosen, known | found.keys()),
            *_naming(session, actor, start, chosen, room=MOST_INCLUDED + len(known) + len(found)),
        ]
        new = {row.id: row for row in rows if row.id not in known and row.id not in found}
        room = MOST_INCLUDED - len(found)
        views = views_of(session, list(new.values())[:room])
        found.update((view.id, view) for view in views)
        if len(new) > room:
            return Included(list(found.values()), is_cut=True)
        start, chosen = views, [one for one in includes if one.is_iterated]
    is_cut = any(True for _ in _forward(start, chosen, known | found.keys())) if found else False
    return Included(list(found.values()), is_cut)


def _referenced(
    session: Session,
    actor: Actor,
    views: Sequence[ResourceView],
    includes: Iterable[Include],
    known: set[UUID],
) -> Iterator[Row[Any]]:
    wanted = sorted(set(_forward(views, includes, known)))
    yield from store.find_referenced(session, actor, wanted, limit=MOST_INCLUDED + 1)


def _forward(
    views: Sequence[ResourceView], includes: Iterable[Include], known: set[UUID]
) -> Iterator[tuple[str, UUID]]:
    for include in includes:
        for view in views if not include.is_reverse else ():
            if include.resource_type not in {"*", view.type}:
                continue
            codes = codes_of(view.type) if include.parameter == "*" else (include.parameter,)
            for code in codes:
                for kind, own in named_in(view.body, code):
                    if own not in known and include.target in {"", kind}:
                        yield kind, own


def _naming(
    session: Session,
    actor: Actor,
    views: Sequence[ResourceView],
    includes: Iterable[Include],
    *,
    room: int,
) -> Iterator[Row[Any]]:
    digests: set[bytes] = set()
    in_files: set[str] = set()
    for include in includes:
        for kind, code in _reverse(include):
            parameter = PARAMETERS[kind][code]
            targets = [view for view in views if _is_target(view, parameter.targets, include.target)]
            if parameter.is_owner:
                in_files.update({kind} if any(view.type == "Patient" for view in targets) else ())
                continue
            if targets and store.has_rows_before(session, parameter.since):
                raise IndexBehind
            names = (f"{view.type}/{view.id}" for view in targets)
            digests.update(token_of(session, kind, code, name) for name in names)
    files = sorted({view.subject_id for view in views if view.type == "Patient"})
    yield from store.find_naming(session, actor, sorted(digests), files, sorted(in_files), limit=room + 1)


def _reverse(include: Include) -> Iterator[tuple[str, str]]:
    if not include.is_reverse:
        return
    for kind in PARAMETERS if include.resource_type == "*" else (include.resource_type,):
        for code in codes_of(kind) if include.parameter == "*" else (include.parameter,):
            yield kind, code


def _is_target(view: ResourceView, targets: frozenset[str], only: str) -> bool:
    return (not targets or view.type in targets) and only in {"", view.type}
