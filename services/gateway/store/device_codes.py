"""Device codes. Each change of state is one guarded statement that names the state it starts from."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.dialects import postgresql

from services.database.session import Session
from services.gateway.models import device_codes
from services.gateway.oauth.device_grant.states import LIFE, TRANSITIONS, Event, source_of

_THIS = (device_codes.c.digest == bindparam("wanted"), device_codes.c.expires_on == bindparam("day"))
_COLUMNS = device_codes.c


def _change(event: Event) -> Any:
    """The statement of one event: from its one state, before the code expires."""
    source = source_of(event)
    return (
        update(device_codes)
        .where(*_THIS, _COLUMNS.state == source.value, _COLUMNS.expires_at > bindparam("at"))
        .values(state=TRANSITIONS[source, event].value)
        .returning(*_COLUMNS)
    )


ADD = postgresql.insert(device_codes).on_conflict_do_nothing().returning(_COLUMNS.digest)
FIND_BY_USER_CODE = (
    select(device_codes)
    .where(
        _COLUMNS.user_code_digest == bindparam("wanted"),
        _COLUMNS.expires_on.between(bindparam("first_day"), bindparam("last_day")),
    )
    .order_by(_COLUMNS.expires_at.desc())
    .limit(1)
)
LOCK = select(device_codes).where(*_THIS).with_for_update()
APPROVE = _change(Event.APPROVE).values(subject_id=bindparam("subject"), grant_id=bindparam("grant"))
DENY = _change(Event.DENY).values(subject_id=bindparam("subject"))
REDEEM = _change(Event.REDEEM).where(_COLUMNS.client_id == bindparam("client"))
CHANGE_POLLED = (
    update(device_codes)
    .where(*_THIS)
    .values(polled_at=bindparam("at"), interval_seconds=bindparam("interval"))
)


def add_device_code(session: Session, values: dict[str, Any]) -> bool:
    """Insert a code; False when another code of that day already has this user code."""
    return session.execute(ADD, values).first() is not None


def find_by_user_code(session: Session, digest: bytes) -> Row[Any] | None:
    """The newest code with this user code that may still live; it lies in the partition of today or tomorrow."""
    day = session.at.date()
    parameters = {
        "wanted": digest,
        "first_day": day - timedelta(days=1),
        "last_day": (session.at + LIFE).date(),
    }
    return session.execute(FIND_BY_USER_CODE, parameters).one_or_none()


def lock_device_code(session: Session, digest: bytes, day: date) -> Row[Any] | None:
    """A code in whatever state, locked until the transaction ends."""
    return session.execute(LOCK, {"wanted": digest, "day": day}).one_or_none()


def approve_device_code(session: Session, digest: bytes, day: date, *, subject: UUID, grant: UUID) -> bool:
    """Approve a pending code for a grant; False when it was answered before or has expired."""
    parameters = {"wanted": digest, "day": day, "at": session.at, "subject": subject, "grant": grant}
    return session.execute(APPROVE, parameters).first() is not None


def deny_device_code(session: Session, digest: bytes, day: date, subject: UUID) -> bool:
    """Deny a pending code; False when it was answered before or has expired."""
    parameters = {"wanted": digest, "day": day, "at": session.at, "subject": subject}
    return session.execute(DENY, parameters).first() is not None


def redeem_device_code(session: Session, digest: bytes, day: date, client_id: str) -> Row[Any] | None:
    """Spend an approved code of this client: of any number of callers at once exactly one gets the row."""
    parameters = {"wanted": digest, "day": day, "at": session.at, "client": client_id}
    row: Row[Any] | None = session.execute(REDEEM, parameters).one_or_none()
    return row


def change_polled(session: Session, digest: bytes, day: date, interval: int) -> None:
    """Note that a pending code was polled now, and how long its device must wait from here on."""
    session.execute(CHANGE_POLLED, {"wanted": digest, "day": day, "at": session.at, "interval": interval})
