"""Notices of signing out, and which clients have seen which page sessions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, func, insert, select, update

from services.database.session import Session
from services.gateway.models import clients, grants, logout_notices
from services.gateway.oauth.backchannel_logout.states import WAITING

_FIRST_SESSION = func.coalesce(grants.c.first_session_id, grants.c.session_id)
_SEEN = (
    (grants.c.subject_id == bindparam("account"))
    & (grants.c.session_id == any_(bindparam("sessions", type_=ARRAY(Uuid))))
    & clients.c.disabled_at.is_(None)
)
_WITH_CLIENT = grants.join(clients, clients.c.client_id == grants.c.client_id)
LIST_REACHED = (
    select(grants.c.client_id, _FIRST_SESSION.label("session_id"), grants.c.for_subject_id)
    .distinct()
    .select_from(_WITH_CLIENT)
    .where(_SEEN, clients.c.backchannel_logout_uri.is_not(None))
)
LIST_FRONTCHANNEL = (
    select(
        clients.c.client_id,
        clients.c.name,
        clients.c.name_en,
        clients.c.sector,
        clients.c.frontchannel_logout_uri,
        _FIRST_SESSION.label("session_id"),
    )
    .distinct()
    .select_from(_WITH_CLIENT)
    .where(_SEEN, clients.c.frontchannel_logout_uri.is_not(None))
    .order_by(clients.c.client_id)
    .limit(50)
)
_THIS = (
    logout_notices.c.subject_id == bindparam("account"),
    logout_notices.c.id == bindparam("notice"),
)
FIND = select(logout_notices).where(*_THIS)
LOCK = FIND.with_for_update()
COUNT_ATTEMPT = (
    update(logout_notices)
    .where(*_THIS, logout_notices.c.state.in_([state.value for state in WAITING]))
    .values(attempts=logout_notices.c.attempts + 1)
    .returning(*logout_notices.c)
)
CHANGE = (
    update(logout_notices)
    .where(*_THIS)
    .values(state=bindparam("new_state"), settled_at=bindparam("new_settled_at"))
)


def list_reached(session: Session, account: UUID, sessions: Sequence[UUID]) -> list[Row[Any]]:
    """Which clients with a back channel have seen these sessions, by which name, about whom."""
    return list(session.execute(LIST_REACHED, {"account": account, "sessions": list(sessions)}))


def list_frontchannel(session: Session, account: UUID, sessions: Sequence[UUID]) -> list[Row[Any]]:
    """Which clients with a front channel have seen these sessions."""
    return list(session.execute(LIST_FRONTCHANNEL, {"account": account, "sessions": list(sessions)}))


def add_notice(session: Session, values: dict[str, Any]) -> None:
    """Insert a notice."""
    session.execute(insert(logout_notices), values)


def find_notice(session: Session, account: UUID, notice_id: UUID) -> Row[Any] | None:
    """A notice in whatever state."""
    return session.execute(FIND, {"account": account, "notice": notice_id}).one_or_none()


def lock_notice(session: Session, account: UUID, notice_id: UUID) -> Row[Any] | None:
    """The same, locked until the transaction ends."""
    return session.execute(LOCK, {"account": account, "notice": notice_id}).one_or_none()


def count_attempt(session: Session, account: UUID, notice_id: UUID) -> Row[Any] | None:
    """Count an attempt at a notice that still waits; None for one that does not."""
    row: Row[Any] | None = session.execute(
        COUNT_ATTEMPT, {"account": account, "notice": notice_id}
    ).one_or_none()
    return row


def change_notice(session: Session, account: UUID, notice_id: UUID, state: str, *, is_settled: bool) -> None:
    """Set the state of a notice that this transaction has locked."""
    parameters = {
        "account": account,
        "notice": notice_id,
        "new_state": state,
        "new_settled_at": session.at if is_settled else None,
    }
    session.execute(CHANGE, parameters)
