"""The rule table of dispatch."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from hotline.models import (
    routing_rules,
)
from services.database.session import Session


def list_routing_rules(session: Session) -> Sequence[Row[Any]]:
    """The newest version of the rule table, in the order in which it is asked."""
    newest = select(func.max(routing_rules.c.version)).scalar_subquery()
    statement = select(routing_rules).where(routing_rules.c.version == newest)
    return session.execute(statement.order_by(routing_rules.c.rank)).all()
