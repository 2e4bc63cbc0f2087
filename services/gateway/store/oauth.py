"""Consents, grants, authorization codes and tokens. What may be used once is used by compare-and-set."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from services.database.session import Session
from services.errors import NotFound
from services.gateway.models import (
    accounts,
    authorization_codes,
    consents,
    grants,
    refresh_tokens,
    revoked_tokens,
    sessions,
    staff,
)

_LIVE_GRANT = (grants.c.revoked_at.is_(None), grants.c.expires_at > bindparam("at"))
_THIS_GRANT = (grants.c.subject_id == bindparam("account"), grants.c.id == bindparam("grant"))

FIND_SESSION = select(sessions).where(
    sessions.c.subject_id == bindparam("account"),
    sessions.c.id == bindparam("session"),
    sessions.c.ended_at.is_(None),
    sessions.c.expires_at > bindparam("at"),
)
FIND_HOLDER = (
    select(accounts.c.kind, staff.c.roles, staff.c.unit)
    .select_from(
        accounts.outerjoin(
            staff, and_(staff.c.subject_id == accounts.c.subject_id, staff.c.ended_at.is_(None))
        )
    )
    .where(accounts.c.subject_id == bindparam("account"), accounts.c.ended_at.is_(None))
)
LIST_CONSENTS = (
    select(consents)
    .where(
        consents.c.subject_id == bindparam("account"),
        consents.c.client_id == bindparam("client"),
        consents.c.withdrawn_at.is_(None),
    )
    .order_by(consents.c.given_at, consents.c.id)
)
CHANGE_CONSENT = (
    update(consents)
    .where(
        consents.c.subject_id == bindparam("account"),
        consents.c.id == bindparam("consent"),
        consents.c.withdrawn_at.is_(None),
    )
    .values(
        scopes=bindparam("scopes", type_=consents.c.scopes.type),
        relation=bindparam("relation"),
        authorization_details_sealed=bindparam("details_sealed"),
        given_at=bindparam("at"),
    )
    .returning(consents.c.id)
)
COARSE = timedelta(hours=1)
MARK_GRANT_USED = "UPDATE gateway.grants SET used_at = %s WHERE subject_id = %s AND id = %s"
FIND_GRANT = select(grants).where(*_THIS_GRANT, *_LIVE_GRANT)
REVOKE_GRANT = (
    update(grants)
    .where(*_THIS_GRANT, grants.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"), revoked_because=bindparam("reason"))
    .returning(grants.c.for_subject_id)
)


def find_live_session(session: Session, account: UUID, session_id: UUID) -> Row[Any] | None:
    """The page session, unless it ended or expired."""
    parameters = {"account": account, "session": session_id, "at": session.at}
    return session.execute(FIND_SESSION, parameters).one_or_none()


def find_holder(session: Session, account: UUID) -> Row[Any] | None:
    """What kind of account this is, with a staff member's roles and unit; None once it has ended."""
    return session.execute(FIND_HOLDER, {"account": account}).one_or_none()


def list_consents(session: Session, account: UUID, client_id: str) -> list[Row[Any]]:
    """The account's standing consents to one client, one for each person it acts for."""
    return list(session.execute(LIST_CONSENTS, {"account": account, "client": client_id}))


def add_consent(session: Session, values: dict[str, Any]) -> None:
    """Insert a consent."""
    session.execute(insert(consents), values)


def change_consent(
    session: Session,
    account: UUID,
    consent_id: UUID,
    *,
    scopes: Sequence[str],
    relation: str,
    details_sealed: bytes | None,
) -> None:
    """Say anew what a standing consent covers.

    Raises: NotFound when it was withdrawn in the meantime.
    """
    parameters = {
        "account": account,
        "consent": consent_id,
        "scopes": list(scopes),
        "relation": relation,
        "details_sealed": details_sealed,
        "at": session.at,
    }
    if session.execute(CHANGE_CONSENT, parameters).first() is None:
        raise NotFound


def add_grant(session: Session, values: dict[str, Any]) -> None:
    """Insert a grant, the family of all tokens of one authorization."""
    session.execute(insert(grants), values)


def queue_grant_used(session: Session, grant: Row[Any]) -> None:
    """Note with the commit that a grant is in use; at most one write an hour for each."""
    if grant.used_at is None or session.at - grant.used_at >= COARSE:
        session.at_commit(MARK_GRANT_USED, (session.at, grant.subject_id, grant.id))


def find_live_grant(session: Session, account: UUID, grant_id: UUID) -> Row[Any] | None:
    """The grant, unless revoked or expired."""
    parameters = {"account": account, "grant": grant_id, "at": session.at}
    return session.execute(FIND_GRANT, parameters).one_or_none()


def revoke_grant(session: Session, account: UUID, grant_id: UUID, reason: str) -> UUID | None:
    """Revoke a grant; the id of whom it was about, or None when it was revoked already."""
    parameters = {"account": account, "grant": grant_id, "at": session.at, "reason": reason}
    about: UUID | None = session.execute(REVOKE_GRANT, parameters).scalar_one_or_none()
    return about


def _find_by_digest(table: Any) -> Select[Any]:
    return select(table).where(table.c.digest == bindparam("wanted"), table.c.expires_on == bindparam("day"))


def _consume(table: Any) -> Any:
    unused: ColumnElement[bool] = table.c.consumed_at.is_(None)
    return (
        update(table)
        .where(table.c.digest == bindparam("wanted"), table.c.expires_on == bindparam("day"), unused)
        .values(consumed_at=bindparam("at"))
        .returning(*table.c)
    )


FIND_CODE = _find_by_digest(authorization_codes)
CONSUME_CODE = _consume(authorization_codes)
FIND_REFRESH_TOKEN = _find_by_digest(refresh_tokens)
CONSUME_REFRESH_TOKEN = _consume(refresh_tokens)


def add_code(session: Session, values: dict[str, Any]) -> None:
    """Insert an authorization code by its digest."""
    session.execute(insert(authorization_codes), values)


def consume_code(session: Session, digest: bytes, day: date) -> Row[Any] | None:
    """Spend a code: of any number of callers at once exactly one gets the row, the others None."""
    parameters = {"wanted": digest, "day": day, "at": session.at}
    row: Row[Any] | None = session.execute(CONSUME_CODE, parameters).one_or_none()
    return row


def find_code(session: Session, digest: bytes, day: date) -> Row[Any] | None:
    """A code, spent or not; for telling a replay from an invention."""
    return session.execute(FIND_CODE, {"wanted": digest, "day": day}).one_or_none()


def add_refresh_token(session: Session, values: dict[str, Any]) -> None:
    """Insert a refresh token by its digest."""
    session.execute(insert(refresh_tokens), values)


def consume_refresh_token(session: Session, digest: bytes, day: date) -> Row[Any] | None:
    """Spend a refresh token: exactly one of any number of callers at once gets the row."""
    parameters = {"wanted": digest, "day": day, "at": session.at}
    row: Row[Any] | None = session.execute(CONSUME_REFRESH_TOKEN, parameters).one_or_none()
    return row


def find_refresh_token(session: Session, digest: bytes, day: date) -> Row[Any] | None:
    """A refresh token, spent or not."""
    return session.execute(FIND_REFRESH_TOKEN, {"wanted": digest, "day": day}).one_or_none()


SPEND_TOKEN = (
    postgresql.insert(revoked_tokens)
    .values(token_id=bindparam("token"), expires_on=bindparam("day"))
    .on_conflict_do_nothing()
    .returning(revoked_tokens.c.token_id)
)
IS_REVOKED: Select[Any] = select(literal_column("1")).where(revoked_tokens.c.token_id == bindparam("token"))


def add_revoked_token(session: Session, token_id: UUID, expires_at: datetime) -> bool:
    """Remember that a token must not be taken again; False when that was known already.

    Of any number of callers at once exactly one gets True, so this also spends client assertions.
    """
    parameters = {"token": token_id, "day": expires_at.date()}
    return session.execute(SPEND_TOKEN, parameters).first() is not None


def is_token_revoked(session: Session, token_id: UUID) -> bool:
    """Whether an access token was revoked by itself."""
    return session.execute(IS_REVOKED, {"token": token_id}).first() is not None
