"""Passkeys and recovery codes: kept by the account they belong to, found by digest."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql

from services.database.session import Session
from services.gateway.models import passkey_owners, passkeys, recovery_codes

LIST_PASSKEYS = (
    select(passkeys).where(passkeys.c.subject_id == bindparam("account")).order_by(passkeys.c.created_at)
)
FIND_OWNER = select(passkey_owners).where(passkey_owners.c.digest == bindparam("digest"))
FIND_PASSKEY = select(passkeys).where(
    passkeys.c.subject_id == bindparam("account"), passkeys.c.id == bindparam("passkey")
)
ADD_OWNER = (
    postgresql.insert(passkey_owners)
    .values(digest=bindparam("digest"), subject_id=bindparam("account"), passkey_id=bindparam("passkey"))
    .on_conflict_do_nothing()
    .returning(passkey_owners.c.digest)
)
# WebAuthn section 6.1.1: a counter that counts must have grown; one that stays at zero does not count.
USE_PASSKEY = (
    update(passkeys)
    .where(
        passkeys.c.subject_id == bindparam("account"),
        passkeys.c.id == bindparam("passkey"),
        or_(
            passkeys.c.sign_count < bindparam("count"),
            and_(passkeys.c.sign_count == 0, bindparam("count") == 0),
        ),
    )
    .values(
        sign_count=bindparam("count"),
        is_backed_up=bindparam("backed_up"),
        is_user_verified=or_(passkeys.c.is_user_verified, bindparam("verified")),
        used_at=bindparam("at"),
    )
    .returning(passkeys.c.id)
)
DELETE_PASSKEY = (
    delete(passkeys)
    .where(passkeys.c.subject_id == bindparam("account"), passkeys.c.id == bindparam("passkey"))
    .returning(passkeys.c.credential_id)
)
DELETE_OWNER = delete(passkey_owners).where(passkey_owners.c.digest == bindparam("digest"))
SPEND_RECOVERY_CODE = (
    update(recovery_codes)
    .where(
        recovery_codes.c.subject_id == bindparam("account"),
        recovery_codes.c.digest == bindparam("wanted"),
        recovery_codes.c.consumed_at.is_(None),
    )
    .values(consumed_at=bindparam("at"))
    .returning(recovery_codes.c.id)
)
DELETE_RECOVERY_CODES = delete(recovery_codes).where(recovery_codes.c.subject_id == bindparam("account"))
COUNT_RECOVERY_CODES = (
    select(func.count())
    .select_from(recovery_codes)
    .where(recovery_codes.c.subject_id == bindparam("account"), recovery_codes.c.consumed_at.is_(None))
)


def list_passkeys(session: Session, account: UUID) -> list[Row[Any]]:
    """The account's passkeys, oldest first."""
    return list(session.execute(LIST_PASSKEYS, {"account": account}))


def find_passkey(session: Session, account: UUID, passkey: UUID) -> Row[Any] | None:
    """One passkey of an account."""
    return session.execute(FIND_PASSKEY, {"account": account, "passkey": passkey}).one_or_none()


def find_passkey_by_digest(session: Session, digest: bytes) -> Row[Any] | None:
    """The passkey with this credential id, whosever it is."""
    owner = session.execute(FIND_OWNER, {"digest": digest}).one_or_none()
    return None if owner is None else find_passkey(session, owner.subject_id, owner.passkey_id)


def add_passkey(session: Session, digest: bytes, values: dict[str, Any]) -> bool:
    """Keep a passkey; False when its credential id is registered already."""
    owner = {"digest": digest, "account": values["subject_id"], "passkey": values["id"]}
    if session.execute(ADD_OWNER, owner).first() is None:
        return False
    session.execute(insert(passkeys), values)
    return True


def use_passkey(
    session: Session, account: UUID, passkey: UUID, *, count: int, is_backed_up: bool, is_verified: bool
) -> bool:
    """Note a use; False when the authenticator's counter has not grown, which a copy's would not."""
    parameters = {
        "account": account,
        "passkey": passkey,
        "count": count,
        "backed_up": is_backed_up,
        "verified": is_verified,
        "at": session.at,
    }
    return session.execute(USE_PASSKEY, parameters).first() is not None


def delete_passkey(session: Session, account: UUID, passkey: UUID) -> bytes | None:
    """Forget a passkey; its credential id, or None when there is none."""
    found: bytes | None = session.execute(
        DELETE_PASSKEY, {"account": account, "passkey": passkey}
    ).scalar_one_or_none()
    return found


def delete_passkey_owner(session: Session, digest: bytes) -> None:
    """Let a credential id go."""
    session.execute(DELETE_OWNER, {"digest": digest})


def add_recovery_codes(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep the digests of new codes."""
    session.execute(insert(recovery_codes), list(rows))


def spend_recovery_code(session: Session, account: UUID, digest: bytes) -> bool:
    """Spend a code: of any number of callers at once exactly one gets True."""
    parameters = {"account": account, "wanted": digest, "at": session.at}
    return session.execute(SPEND_RECOVERY_CODE, parameters).first() is not None


def delete_recovery_codes(session: Session, account: UUID) -> None:
    """Forget all codes of an account, spent or not."""
    session.execute(DELETE_RECOVERY_CODES, {"account": account})


def count_recovery_codes(session: Session, account: UUID) -> int:
    """How many codes are left."""
    return int(session.execute(COUNT_RECOVERY_CODES, {"account": account}).scalar_one())
