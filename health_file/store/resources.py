"""Versions of resources: the rows that hold the file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from health_file.access import visible_to
from health_file.models import patients, resource_ids, resources
from services.actor import Actor
from services.database.session import Session


def claim_patient_place(session: Session, subject_id: UUID, resource_id: UUID) -> bool:
    """Take a resident's one place for a Patient resource; False when it is taken."""
    statement = upsert(patients).on_conflict_do_nothing().returning(patients.c.resource_id)
    values = {"subject_id": subject_id, "resource_id": resource_id}
    return session.execute(statement, values).scalar() is not None


def add_resource(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a new resource and whose it is."""
    ours = {"id": values["id"], "subject_id": values["subject_id"], "type": values["type"]}
    session.execute(insert(resource_ids), ours)
    session.execute(insert(resources), dict(values))


def find_owner(session: Session, resource_id: UUID, resource_type: str) -> UUID | None:
    """Whose a resource is. Access: clinics and systems."""
    statement = select(resource_ids.c.subject_id).where(
        resource_ids.c.id == resource_id, resource_ids.c.type == resource_type
    )
    owner: UUID | None = session.execute(statement).scalar()
    return owner


def find_resource(
    session: Session, actor: Actor, resource_type: str, resource_id: UUID, version: int | None
) -> Row[Any] | None:
    """A version of a resource that the actor sees; the current one, deleted or not, where none is named."""
    statement = versions(session, actor, resource_type, resource_id)
    if version is None:
        statement = statement.where(resources.c.is_current)
    else:
        statement = statement.where(resources.c.version == version)
    return session.execute(statement).one_or_none()


def versions(session: Session, actor: Actor, resource_type: str, resource_id: UUID) -> Select[Any]:
    """Every version of one resource that the actor sees."""
    return select(resources).where(
        resources.c.id == resource_id, resources.c.type == resource_type, visible_to(session, actor)
    )


def retire_version(session: Session, subject_id: UUID, resource_id: UUID, version: int) -> bool:
    """Make room for the next version; False when somebody else has done so first."""
    statement = (
        update(resources)
        .where(
            resources.c.subject_id == subject_id,
            resources.c.id == resource_id,
            resources.c.version == version,
            resources.c.is_current,
        )
        .values(is_current=False)
    )
    return session.execute(statement).rowcount == 1


def add_version(session: Session, values: Mapping[str, Any]) -> None:
    """Keep the next version of a resource."""
    session.execute(insert(resources), dict(values))


def list_resources(
    session: Session,
    actor: Actor,
    *,
    resource_type: str | None,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> Sequence[Row[Any]]:
    """Current resources the actor sees, newest first."""
    statement = select(resources).where(
        resources.c.is_current, ~resources.c.is_deleted, visible_to(session, actor)
    )
    if resource_type is not None:
        statement = statement.where(resources.c.type == resource_type)
    if after is not None:
        statement = statement.where(tuple_(resources.c.recorded_at, resources.c.id) < tuple_(*after))
    order = (resources.c.recorded_at.desc(), resources.c.id.desc())
    return session.execute(statement.order_by(*order).limit(limit)).all()


def count_resources(session: Session, actor: Actor) -> tuple[int, datetime | None]:
    """How many current resources the actor sees, and when the newest was recorded."""
    statement = select(func.count().label("count"), func.max(resources.c.recorded_at).label("newest")).where(
        resources.c.is_current, ~resources.c.is_deleted, visible_to(session, actor)
    )
    found = session.execute(statement).mappings().one()
    return int(found["count"]), found["newest"]
