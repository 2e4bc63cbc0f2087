"""The predicate of a unit, written out once: building it takes longer than asking it.

What decides about the form of the predicate is the key of the memory; what differs from request to request (unit,
person, glass, instant) stands in it as named parameters. `units.py` alone says what it means: it is asked with marks in
the place of those values, and what it answers is kept as text.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, TextClause, bindparam, literal, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.visitors import iterate

from health_file.access.purposes import purpose_of
from health_file.access.units import seen_by_unit
from health_file.models import resources
from services.actor import Actor
from services.database.session import Session

# Values that no request has, in whose places those of the request stand.
UNIT = "\x00unit"
ACCOUNT = UUID(int=1)
GLASS = UUID(int=2)
AT = datetime(1, 1, 2, tzinfo=UTC)
NAMES: dict[Any, str] = {UNIT: "of_unit", ACCOUNT: "of_account", GLASS: "of_glass", AT: "of_instant"}
DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


def seen_by_unit_prepared(session: Session, actor: Actor, unit: str) -> TextClause:
    """What `seen_by_unit` says of the table of resources itself, in brackets."""
    clause, names = _written(session, actor, purpose_of(actor))
    values = {
        "of_unit": unit,
        "of_account": actor.account,
        "of_glass": actor.mandate_id,
        "of_instant": session.at,
    }
    return clause.bindparams(**{name: values[name] for name in names})


def _written(session: Session, actor: Actor, purpose: str | None) -> tuple[TextClause, tuple[str, ...]]:
    shape = (purpose, actor.account is None, actor.mandate_id is None, session.keys)
    found = _memory(shape)
    if not found:
        marked = replace(
            actor,
            unit=UNIT,
            account=actor.account and ACCOUNT,
            mandate_id=actor.mandate_id and GLASS,
        )
        found.append(_write(replace(session, at=AT), marked))
    return found[0]


@lru_cache(maxsize=64)
def _memory(_shape: tuple[Any, ...]) -> list[tuple[TextClause, tuple[str, ...]]]:
    return []


def _write(session: Session, actor: Actor) -> tuple[TextClause, tuple[str, ...]]:
    predicate = seen_by_unit(session, actor, UNIT, resources)
    # Inside a statement over the table, so that its columns are those of that statement.
    compiled = select(literal(1)).select_from(resources).where(predicate).compile(dialect=DIALECT)
    written = str(compiled).partition("WHERE ")[2]
    places: dict[str, BindParameter[Any]] = {}
    for element in iterate(predicate):
        if isinstance(element, BindParameter):
            own = compiled.bind_names[element]
            # A list of labels differs from no request to the next, and is no key.
            name = None if isinstance(element.value, list) else NAMES.get(element.value)
            # In brackets, because a cast follows that `text` would take for a part of the name.
            written = re.sub(rf"(?<!:):{own}\b", f"(:{name or f'of_{own}'})", written)
            value = None if name else element.value
            places[name or f"of_{own}"] = bindparam(name or f"of_{own}", value, type_=element.type)
    names = tuple(name for name in NAMES.values() if name in places)
    return text(f"({written})").bindparams(*places.values()), names
