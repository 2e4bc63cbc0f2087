"""The rule table of dispatch."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, insert, select

from hotline.models import backstops, routing_rules
from services.database.session import Session


def list_routing_rules(session: Session) -> Sequence[Row[Any]]:
    """The newest version of the rule table, in the order in which it is asked."""
    newest = select(func.max(routing_rules.c.version)).scalar_subquery()
    statement = select(routing_rules).where(routing_rules.c.version == newest)
    return session.execute(statement.order_by(routing_rules.c.rank)).all()


def list_backstops(session: Session) -> Sequence[Row[Any]]:
    """The newest version of who takes what nobody would, by district."""
    newest = select(func.max(backstops.c.version)).scalar_subquery()
    return session.execute(select(backstops).where(backstops.c.version == newest)).all()


def add_backstops(session: Session, version: int, units: Mapping[str, str]) -> None:
    """Publish a version of the backstops."""
    rows = [{"version": version, "district": district, "unit": unit} for district, unit in units.items()]
    session.execute(insert(backstops), rows)
