"""Conditions on tickets as text with named values, for the statements that go to the driver itself."""

from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from hotline.access import visible_to
from hotline.models import tickets
from services.actor import Actor

# Named one by one: a column that a migration adds must not change what a prepared statement gives.
TICKET = ", ".join(f"hotline.tickets.{column.name}" for column in tickets.c)
TICKET_NAMES = ", ".join(column.name for column in tickets.c)
_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_AS_TEXT = {"render_postcompile": True}


def visible_text(actor: Actor, *more: ColumnElement[bool]) -> tuple[str, dict[str, Any]]:
    """What `visible_to` says of hotline.tickets, and whatever else is asked of them."""
    compiled = and_(visible_to(actor), *more).compile(dialect=_DIALECT, compile_kwargs=_AS_TEXT)
    return str(compiled), dict(compiled.params)
