"""Where people are signed in: page sessions, the grants that hang on them, and browsers that are known."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, all_, bindparam, delete, insert, literal, or_, select, update

from services.database.session import Session
from services.gateway.models import grants, known_devices, sessions

LIST_SESSIONS = (
    select(sessions)
    .where(
        sessions.c.subject_id == bindparam("account"),
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > bindparam("at"),
    )
    .order_by(sessions.c.started_at.desc(), sessions.c.id)
    .limit(50)
)
END_SESSION = (
    update(sessions)
    .where(
        sessions.c.subject_id == bindparam("account"),
        sessions.c.id == bindparam("session"),
        sessions.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"))
    .returning(sessions.c.id)
)
END_ALL_SESSIONS = (
    update(sessions)
    .where(sessions.c.subject_id == bindparam("account"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"))
    .returning(sessions.c.id)
)
DELETE_OLD_SESSIONS = delete(sessions).where(
    sessions.c.subject_id == bindparam("account"), sessions.c.expires_at < bindparam("before")
)
MOVE_GRANTS = (
    update(grants)
    .where(
        grants.c.subject_id == bindparam("account"),
        grants.c.session_id == bindparam("old"),
        grants.c.revoked_at.is_(None),
    )
    .values(session_id=bindparam("new"))
)
_REVOKED: dict[str, Any] = {"revoked_at": bindparam("at"), "revoked_because": bindparam("reason")}
_GRANT_COLUMNS = (grants.c.id, grants.c.client_id, grants.c.for_subject_id)
REVOKE_ALL_GRANTS = (
    update(grants)
    .where(grants.c.subject_id == bindparam("account"), grants.c.revoked_at.is_(None))
    .values(**_REVOKED)
    .returning(*_GRANT_COLUMNS)
)
REVOKE_SESSION_GRANTS = REVOKE_ALL_GRANTS.where(grants.c.session_id == bindparam("session"))
# What a person allowed to go on while they are away outlasts an ordinary sign-out.
REVOKE_ATTENDED_GRANTS = REVOKE_SESSION_GRANTS.where(literal("offline_access") != all_(grants.c.scopes))


def add_session(session: Session, values: dict[str, Any]) -> None:
    """Insert a page session."""
    session.execute(insert(sessions), values)


def list_sessions(session: Session, account: UUID) -> list[Row[Any]]:
    """The account's live page sessions, newest first."""
    return list(session.execute(LIST_SESSIONS, {"account": account, "at": session.at}))


def change_session_seen(
    session: Session, account: UUID, session_id: UUID, origin: bytes, before: datetime
) -> None:
    """Note when and from where a session is used, unless that was noted after an instant."""
    session.execute(
        update(sessions)
        .where(
            sessions.c.subject_id == account,
            sessions.c.id == session_id,
            or_(sessions.c.seen_at.is_(None), sessions.c.seen_at <= before),
        )
        .values(origin_sealed=origin, seen_at=session.at)
    )


def end_session(session: Session, account: UUID, session_id: UUID) -> bool:
    """End a page session; False when there is none or it had ended already."""
    parameters = {"account": account, "session": session_id, "at": session.at}
    return session.execute(END_SESSION, parameters).first() is not None


def end_all_sessions(session: Session, account: UUID) -> list[UUID]:
    """End every page session of an account; the ids of those that lived."""
    return list(session.execute(END_ALL_SESSIONS, {"account": account, "at": session.at}).scalars())


def delete_old_sessions(session: Session, account: UUID, before: datetime) -> None:
    """Forget the account's sessions that expired before an instant."""
    session.execute(DELETE_OLD_SESSIONS, {"account": account, "before": before})


def move_grants(session: Session, account: UUID, *, old: UUID, new: UUID) -> None:
    """Hand the live grants of one page session over to the one that takes its place."""
    session.execute(MOVE_GRANTS, {"account": account, "old": old, "new": new})


def revoke_all_grants(session: Session, account: UUID, reason: str) -> list[Row[Any]]:
    """Revoke every live grant of an account."""
    parameters = {"account": account, "at": session.at, "reason": reason}
    return list(session.execute(REVOKE_ALL_GRANTS, parameters))


def revoke_session_grants(
    session: Session, account: UUID, session_id: UUID, reason: str, *, also_unattended: bool
) -> list[Row[Any]]:
    """Revoke the live grants of one page session, those that may outlast it only where asked."""
    statement = REVOKE_SESSION_GRANTS if also_unattended else REVOKE_ATTENDED_GRANTS
    parameters = {"account": account, "session": session_id, "at": session.at, "reason": reason}
    return list(session.execute(statement, parameters))


FIND_DEVICE = select(known_devices.c.id).where(
    known_devices.c.subject_id == bindparam("account"),
    known_devices.c.id == bindparam("device"),
    known_devices.c.seen_at > bindparam("since"),
)
SEE_DEVICE = (
    update(known_devices)
    .where(known_devices.c.subject_id == bindparam("account"), known_devices.c.id == bindparam("device"))
    .values(seen_at=bindparam("at"))
)
FORGET_DEVICES = delete(known_devices).where(
    known_devices.c.subject_id == bindparam("account"), known_devices.c.seen_at <= bindparam("until")
)


def find_device(session: Session, account: UUID, device: UUID, since: datetime) -> bool:
    """Whether the account has signed in in this browser since an instant."""
    parameters = {"account": account, "device": device, "since": since}
    return session.execute(FIND_DEVICE, parameters).first() is not None


def add_device(session: Session, account: UUID, device: UUID) -> None:
    """Remember a browser."""
    session.execute(insert(known_devices), {"subject_id": account, "id": device, "seen_at": session.at})


def change_device_seen(session: Session, account: UUID, device: UUID) -> None:
    """Note that a known browser was used again."""
    session.execute(SEE_DEVICE, {"account": account, "device": device, "at": session.at})


def delete_devices(session: Session, account: UUID, until: datetime) -> None:
    """Forget the browsers not seen after an instant."""
    session.execute(FORGET_DEVICES, {"account": account, "until": until})
