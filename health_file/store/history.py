"""The versions of one resource, and of all that somebody sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, tuple_

from health_file.access import visible_to
from health_file.models import resources
from health_file.rules import DIRECTORY_TYPES
from health_file.store.columns import SHOWN
from health_file.store.resources import versions
from health_file.store.shelves import reach_directory
from services.actor import Actor
from services.database.session import Session

# The last version of a page: when it was recorded, of which resource, and its number.
Change = tuple[datetime, UUID, int]


def list_changes(
    session: Session,
    actor: Actor,
    *,
    resource_type: str | None,
    limit: int,
    before: Change | None,
    since: datetime | None,
) -> Sequence[Row[Any]]:
    """Versions of all resources, or of all of a type, that the actor sees, newest first, deletions among them."""
    reach_directory(session, resource_type or DIRECTORY_TYPES[0])
    place = (resources.c.recorded_at, resources.c.id, resources.c.version)
    statement = select(*SHOWN).where(visible_to(session, actor))
    if resource_type is not None:
        statement = statement.where(resources.c.type == resource_type)
    if since is not None:
        statement = statement.where(resources.c.recorded_at >= since)
    if before is not None:
        statement = statement.where(tuple_(*place) < tuple_(*before))
    return session.execute(statement.order_by(*(one.desc() for one in place)).limit(limit)).all()


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
