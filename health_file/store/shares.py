"""What is shared by links."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from health_file.models import share_accesses, share_urls, shares
from services.database.session import Session


def add_share(session: Session, values: Mapping[str, Any], digest: bytes) -> None:
    """Keep a share, findable by the digest of its address."""
    session.execute(insert(shares), dict(values))
    place = {"digest": digest, "subject_id": values["subject_id"], "share_id": values["id"]}
    session.execute(insert(share_urls), place)


def find_share(session: Session, subject_id: UUID, share_id: UUID) -> Row[Any] | None:
    """A share of this resident."""
    statement = select(shares).where(shares.c.subject_id == subject_id, shares.c.id == share_id)
    return session.execute(statement).one_or_none()


def find_share_at(session: Session, digest: bytes) -> Row[Any] | None:
    """The share at an address, held until the transaction ends: of two guesses at once one comes first."""
    place = session.execute(select(share_urls).where(share_urls.c.digest == digest)).one_or_none()
    if place is None:
        return None
    statement = select(shares).where(shares.c.subject_id == place.subject_id, shares.c.id == place.share_id)
    return session.execute(statement.with_for_update()).one_or_none()


def list_shares(session: Session, subject_id: UUID) -> Sequence[Row[Any]]:
    """The shares of a resident, newest first."""
    statement = select(shares).where(shares.c.subject_id == subject_id).order_by(shares.c.id.desc())
    return session.execute(statement.limit(100)).all()


def list_share_accesses(session: Session, subject_id: UUID, share_id: UUID) -> Sequence[Row[Any]]:
    """Who opened a share, newest first."""
    columns = share_accesses.c
    statement = select(share_accesses).where(columns.subject_id == subject_id, columns.share_id == share_id)
    return session.execute(statement.order_by(columns.id.desc()).limit(200)).all()


def change_share(
    session: Session, subject_id: UUID, share_id: UUID, state: str, values: Mapping[str, Any]
) -> bool:
    """Change a share that still is in this state; whether it was."""
    statement = update(shares).where(
        shares.c.subject_id == subject_id, shares.c.id == share_id, shares.c.state == state
    )
    return session.execute(statement.values(**values)).rowcount == 1


def spend_attempt(session: Session, subject_id: UUID, share_id: UUID) -> int | None:
    """Take one of the attempts at the passcode; how many are left, None where there was none."""
    statement = (
        update(shares)
        .where(shares.c.subject_id == subject_id, shares.c.id == share_id, shares.c.attempts_left > 0)
        .values(attempts_left=shares.c.attempts_left - 1)
        .returning(shares.c.attempts_left)
    )
    found: int | None = session.execute(statement).scalar()
    return found


def add_share_access(session: Session, values: Mapping[str, Any]) -> None:
    """Keep who opened a share."""
    session.execute(insert(share_accesses), dict(values))
