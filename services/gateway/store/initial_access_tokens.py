"""Initial access tokens: what lets a client register by itself."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update

from services.database.session import Session
from services.gateway.models import initial_access_tokens as tokens

_LIVE = (tokens.c.revoked_at.is_(None), tokens.c.expires_at > bindparam("at"))
SPEND = (
    update(tokens)
    .where(tokens.c.digest == bindparam("wanted"), tokens.c.uses_left > 0, *_LIVE)
    .values(uses_left=tokens.c.uses_left - 1)
    .returning(tokens.c.id)
)
REVOKE = (
    update(tokens)
    .where(tokens.c.id == bindparam("wanted"), *_LIVE)
    .values(revoked_at=bindparam("at"))
    .returning(tokens.c.id)
)
LIST = select(tokens).order_by(tokens.c.created_at.desc(), tokens.c.id).limit(bindparam("most"))


def add_token(session: Session, values: dict[str, Any]) -> None:
    """Insert an initial access token."""
    session.execute(insert(tokens), values)


def spend_token(session: Session, digest: bytes) -> UUID | None:
    """Use a live token once more, in one statement; None when there is no such token or no use left."""
    return session.execute(SPEND, {"wanted": digest, "at": session.at}).scalar_one_or_none()


def revoke_token(session: Session, token_id: UUID) -> bool:
    """Withdraw a live token; false when there is none."""
    return session.execute(REVOKE, {"wanted": token_id, "at": session.at}).first() is not None


def list_tokens(session: Session, most: int) -> list[Row[Any]]:
    """The newest tokens, spent and expired ones too."""
    return list(session.execute(LIST, {"most": most}))
