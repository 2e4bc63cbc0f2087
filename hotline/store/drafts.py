"""Reports that are being written, one for each reporter."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hotline.models import drafts
from services.database.session import Session


def put_draft(session: Session, subject_id: UUID, sealed: bytes) -> None:
    """Keep what was written so far."""
    values = {"content_sealed": sealed, "changed_at": session.at}
    statement = insert(drafts).values(subject_id=subject_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["subject_id"], set_=values))


def find_draft(session: Session, subject_id: UUID) -> bytes | None:
    """What was written so far."""
    statement = select(drafts.c.content_sealed).where(drafts.c.subject_id == subject_id)
    found: bytes | None = session.execute(statement).scalar_one_or_none()
    return found


def delete_draft(session: Session, subject_id: UUID) -> None:
    """Forget what was written."""
    session.execute(delete(drafts).where(drafts.c.subject_id == subject_id))
