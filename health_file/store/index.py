"""By what a resource is found."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, insert

from health_file.models import days, tokens
from services.database.session import Session


def add_index(
    session: Session,
    subject_id: UUID,
    resource_id: UUID,
    found: Sequence[bytes],
    spans: Sequence[tuple[str, date, date]],
) -> None:
    """Keep by what a resource is found."""
    ours = {"subject_id": subject_id, "resource_id": resource_id}
    if found:
        session.execute(insert(tokens), [{**ours, "digest": one} for one in found])
    if spans:
        named = [{"parameter": name, "first_on": first, "last_on": last} for name, first, last in spans]
        session.execute(insert(days), [{**ours, **one} for one in named])


def forget_index(session: Session, subject_id: UUID, resource_id: UUID) -> None:
    """Drop by what a resource was found before it changed."""
    for index in (tokens, days):
        session.execute(
            delete(index).where(index.c.subject_id == subject_id, index.c.resource_id == resource_id)
        )
