"""Who people are and for whom they act: subjects, particulars, accounts, user names, relations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, RowMapping, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql

from services.database.session import Session
from services.errors import NotFound
from services.gateway.models import accounts, relations, residents, staff, subjects, usernames

FIND_USERNAME = select(usernames.c.subject_id).where(usernames.c.digest == bindparam("digest"))
ADD_USERNAME = (
    postgresql.insert(usernames)
    .values(digest=bindparam("digest"), kind=bindparam("kind"), subject_id=bindparam("subject"))
    .on_conflict_do_nothing()
    .returning(usernames.c.digest)
)
FIND_ACCOUNT = select(accounts).where(
    accounts.c.subject_id == bindparam("account"), accounts.c.ended_at.is_(None)
)
FIND_STAFF = select(staff).where(staff.c.subject_id == bindparam("account"), staff.c.ended_at.is_(None))
FIND_RESIDENT = select(residents).where(residents.c.subject_id == bindparam("subject"))
CHANGE_PASSWORD_HASH = (
    update(accounts)
    .where(accounts.c.subject_id == bindparam("account"), accounts.c.password_hash == bindparam("old"))
    .values(password_hash=bindparam("new"))
)
SPEND_TOTP_STEP = (
    update(accounts)
    .where(
        accounts.c.subject_id == bindparam("account"),
        or_(accounts.c.totp_last_step.is_(None), accounts.c.totp_last_step < bindparam("step")),
    )
    .values(totp_last_step=bindparam("step"))
    .returning(accounts.c.subject_id)
)

SET_TOTP = (
    update(accounts)
    .where(
        accounts.c.subject_id == bindparam("account"),
        accounts.c.ended_at.is_(None),
        accounts.c.totp_sealed.is_(None),
    )
    .values(totp_sealed=bindparam("sealed"), totp_last_step=bindparam("step"))
    .returning(accounts.c.subject_id)
)
CLEAR_TOTP = (
    update(accounts)
    .where(accounts.c.subject_id == bindparam("account"), accounts.c.totp_sealed.is_not(None))
    .values(totp_sealed=None, totp_last_step=None)
    .returning(accounts.c.subject_id)
)


def add_subject(session: Session, subject_id: UUID, kind: str) -> None:
    """Insert a subject: the one id space of everybody whom rows are about."""
    session.execute(insert(subjects), {"id": subject_id, "kind": kind, "created_at": session.at})


def add_resident(session: Session, values: dict[str, Any]) -> None:
    """Insert a resident's sealed particulars."""
    session.execute(insert(residents), values)


def add_staff(session: Session, values: dict[str, Any]) -> None:
    """Insert a member of staff."""
    session.execute(insert(staff), values)


def add_account(session: Session, values: dict[str, Any]) -> None:
    """Insert an account."""
    session.execute(insert(accounts), values)


def add_username(session: Session, digest: bytes, kind: str, subject_id: UUID) -> bool:
    """Claim a user name for the whole city; False when it is taken."""
    values = {"digest": digest, "kind": kind, "subject": subject_id}
    return session.execute(ADD_USERNAME, values).first() is not None


def find_subject_by_username(session: Session, digest: bytes) -> UUID | None:
    """Who signs in under this user name."""
    found: UUID | None = session.execute(FIND_USERNAME, {"digest": digest}).scalar_one_or_none()
    return found


def find_account(session: Session, account: UUID) -> Row[Any] | None:
    """The account, unless it has ended."""
    return session.execute(FIND_ACCOUNT, {"account": account}).one_or_none()


def has_account(session: Session, subject: UUID) -> bool:
    """Whether there is an account, ended or not."""
    statement = select(accounts.c.subject_id).where(accounts.c.subject_id == subject)
    return session.execute(statement).first() is not None


def change_resident(session: Session, subject: UUID, values: dict[str, Any]) -> None:
    """Change a resident's sealed particulars."""
    session.execute(update(residents).where(residents.c.subject_id == subject).values(**values))


def find_staff(session: Session, account: UUID) -> Row[Any] | None:
    """The member of staff, unless they have left."""
    return session.execute(FIND_STAFF, {"account": account}).one_or_none()


def find_resident(session: Session, subject: UUID) -> RowMapping | None:
    """A resident's sealed particulars, if the subject is a resident."""
    return session.execute(FIND_RESIDENT, {"subject": subject}).mappings().one_or_none()


def get_resident(session: Session, subject: UUID) -> Row[Any]:
    """A resident's sealed particulars. Raises: NotFound."""
    found = session.execute(FIND_RESIDENT, {"subject": subject}).one_or_none()
    if found is None:
        raise NotFound
    return found


def change_password_hash(session: Session, account: UUID, old: str, new: str) -> None:
    """Store the same password hashed anew, unless it was changed in the meantime."""
    session.execute(CHANGE_PASSWORD_HASH, {"account": account, "old": old, "new": new})


def replace_password_hash(session: Session, account: UUID, old: str, new: str) -> bool:
    """Put a new password in the place of the old one: of two callers at once only one gets True."""
    parameters = {"account": account, "old": old, "new": new}
    return session.execute(CHANGE_PASSWORD_HASH, parameters).rowcount == 1


def delete_username(session: Session, digest: bytes, subject_id: UUID) -> None:
    """Let go of a user name."""
    session.execute(
        delete(usernames).where(usernames.c.digest == digest, usernames.c.subject_id == subject_id)
    )


def spend_totp_step(session: Session, account: UUID, step: int) -> bool:
    """Spend a time step: of any number of callers at once exactly one gets True."""
    return session.execute(SPEND_TOTP_STEP, {"account": account, "step": step}).first() is not None


def set_totp(session: Session, account: UUID, sealed: bytes, step: int) -> bool:
    """Keep an authenticator's secret with the step that proved it; False when there is one already."""
    parameters = {"account": account, "sealed": sealed, "step": step}
    return session.execute(SET_TOTP, parameters).first() is not None


def clear_totp(session: Session, account: UUID) -> bool:
    """Forget an authenticator's secret; False when there was none."""
    return session.execute(CLEAR_TOTP, {"account": account}).first() is not None


_STANDS = (
    relations.c.subject_id == bindparam("account"),
    relations.c.state == "standing",
    relations.c.starts_at <= bindparam("at"),
    or_(relations.c.ends_at.is_(None), relations.c.ends_at > bindparam("at")),
)
LIST_RELATIONS_TO = (
    select(relations.c.relation, relations.c.services, relations.c.ends_at)
    .where(*_STANDS, relations.c.for_subject_id == bindparam("subject"))
    .order_by(relations.c.starts_at)
)
LIST_RELATIONS = select(relations).where(*_STANDS).order_by(relations.c.starts_at, relations.c.id)


def add_relation(session: Session, values: dict[str, Any]) -> None:
    """Insert a relation."""
    session.execute(insert(relations), values)


def list_relations_to(session: Session, account: UUID, subject: UUID, at: datetime) -> list[Row[Any]]:
    """In what relations the account stands to the subject at an instant, oldest first."""
    parameters = {"account": account, "subject": subject, "at": at}
    return list(session.execute(LIST_RELATIONS_TO, parameters))


def list_relations(session: Session, account: UUID, at: datetime) -> list[Row[Any]]:
    """For whom the account may act at an instant, oldest relation first."""
    return list(session.execute(LIST_RELATIONS, {"account": account, "at": at}))
