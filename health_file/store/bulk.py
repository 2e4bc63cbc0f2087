"""Many rows in one statement: what a transaction Bundle or an import writes."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import ARRAY, Table
from sqlalchemy.dialects import postgresql

from health_file.models import days, resource_ids, resources
from services.database.session import Session

# Thirty tokens a resource, each sixteen bytes long: they travel packed, one value for each resource.
ADD_TOKENS: LiteralString = (
    "INSERT INTO health_file.tokens (subject_id, resource_id, digest) "
    "SELECT given.subject_id, given.resource_id, substr(given.packed, 16 * place + 1, 16) "
    "FROM unnest(%s::uuid[], %s::uuid[], %b::bytea[]) AS given(subject_id, resource_id, packed), "
    "generate_series(0, octet_length(given.packed) / 16 - 1) AS place"
)
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def add_resources(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep new resources and whose they are; `rows` are those of `actions.views.row_of`."""
    insert_rows(session, resource_ids, rows, only=("id", "subject_id", "type"))
    insert_rows(session, resources, rows)


def add_versions(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep further versions of resources whose earlier ones are retired."""
    insert_rows(session, resources, rows)


def add_indexes(
    session: Session,
    found: Sequence[tuple[UUID, UUID, bytes]],
    spans: Sequence[tuple[UUID, UUID, str, date, date]],
) -> None:
    """Keep by what several resources are found: (subject, resource, token) and (subject, resource, parameter, days)."""
    if found:
        whose = [
            (key, b"".join(one[2] for one in group)) for key, group in groupby(found, lambda one: one[:2])
        ]
        subjects, ids = [key[0] for key, _ in whose], [key[1] for key, _ in whose]
        session.raw(ADD_TOKENS, (subjects, ids, [packed for _, packed in whose]))
    names_of_days = ("subject_id", "resource_id", "parameter", "first_on", "last_on")
    insert_rows(session, days, [dict(zip(names_of_days, one, strict=True)) for one in spans])


def insert_rows(
    session: Session,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    only: tuple[str, ...] = (),
    conflict: LiteralString = "",
    parameters: Sequence[Any] = (),
) -> None:
    """Insert rows that all have the same columns, by one statement that is the same for any number of them.

    `conflict` is what follows the rows, with its own `parameters`.
    """
    if not rows:
        return
    names = only or tuple(rows[0])
    statement = _statement(table, names)
    session.raw(statement + conflict, [*(_column(table, name, rows) for name in names), *parameters])


def _column(table: Table, name: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    values = [row[name] for row in rows]
    if isinstance(table.c[name].type, ARRAY):
        # Arrays of unequal length make no array of arrays; each travels as PostgreSQL writes it.
        return [None if value is None else _written(value) for value in values]
    return values


def _written(values: Sequence[Any]) -> str:
    return "{" + ",".join(f'"\\\\x{value.hex()}"' for value in values) + "}"


@cache
def _statement(table: Table, names: tuple[str, ...]) -> LiteralString:
    kinds = {name: table.c[name].type for name in names}
    sent = {name: "TEXT" if isinstance(kind, ARRAY) else _sql(kind) for name, kind in kinds.items()}
    places = ", ".join(f"%s::{sent[name]}[]" for name in names)
    picked = ", ".join(f"{name}::{_sql(kinds[name])}" for name in names)
    listed = ", ".join(names)
    # Names of our own tables and columns alone; every value is a parameter.
    return (
        f"INSERT INTO {table.fullname} ({listed}) SELECT {picked} FROM unnest({places}) AS given ({listed})"
    )


def _sql(kind: Any) -> str:
    return str(kind.compile(dialect=DIALECT))


def column_types(table: Table, names: Sequence[str]) -> list[str]:
    """PostgreSQL's names of columns' types, as COPY wants to hear them."""
    return [_sql(table.c[name].type).lower() for name in names]
