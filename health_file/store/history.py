"""The versions of one resource."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from health_file.models import resources
from health_file.store.resources import versions
from services.actor import Actor
from services.database.session import Session


def list_versions(
    session: Session,
    actor: Actor,
    resource_type: str,
    resource_id: UUID,
    *,
    limit: int,
    before: int | None,
    since: datetime | None,
) -> Sequence[Row[Any]]:
    """Versions of a resource that the actor sees, newest first."""
    statement = versions(session, actor, resource_type, resource_id)
    if before is not None:
        statement = statement.where(resources.c.version < before)
    if since is not None:
        statement = statement.where(resources.c.recorded_at >= since)
    return session.execute(statement.order_by(resources.c.version.desc()).limit(limit)).all()


def count_versions(
    session: Session, actor: Actor, resource_type: str, resource_id: UUID, *, since: datetime | None
) -> int:
    """How many versions of a resource the actor sees."""
    statement = versions(session, actor, resource_type, resource_id)
    if since is not None:
        statement = statement.where(resources.c.recorded_at >= since)
    count: int = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    return count
