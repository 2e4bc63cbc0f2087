"""Keys of programs that bring tickets."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from hotline.models import channel_keys
from services.database.session import Session


def add_channel_key(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a key."""
    session.execute(insert(channel_keys), dict(values))


def find_channel_key(session: Session, channel: str, digest: bytes) -> Row[Any] | None:
    """The living key of this digest."""
    statement = select(channel_keys).where(
        channel_keys.c.digest == digest,
        channel_keys.c.channel == channel,
        channel_keys.c.revoked_at.is_(None),
    )
    return session.execute(statement).one_or_none()


def list_channel_keys(session: Session, channel: str | None = None) -> Sequence[Row[Any]]:
    """Living keys, of one channel or of all."""
    statement = select(channel_keys).where(channel_keys.c.revoked_at.is_(None))
    if channel is not None:
        statement = statement.where(channel_keys.c.channel == channel)
    return session.execute(statement.order_by(channel_keys.c.created_at, channel_keys.c.id)).all()


def revoke_channel_key(session: Session, key_id: UUID) -> bool:
    """End a key; False when there is none that lives."""
    statement = (
        update(channel_keys)
        .where(channel_keys.c.id == key_id, channel_keys.c.revoked_at.is_(None))
        .values(revoked_at=session.at)
    )
    return session.execute(statement).rowcount == 1
