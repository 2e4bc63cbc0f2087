"""Statements about billers, service accounts, and the city-wide registry of their numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, RowMapping, any_, bindparam, case, delete, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.dialects.postgresql import insert as upsert

from ebills.models import account_numbers, accounts, billers, bills, claim_failures
from ebills.rules.bills import State
from ebills.store.bills import OPEN, OWED
from services.database.session import Session

IS_SUBJECTS = accounts.c.subject_id == bindparam("subject")
IS_ACCOUNT = accounts.c.id == bindparam("account")
_IS_PAID = bills.c.state == State.PAID.value
_ITS_BILLS = (bills.c.subject_id == accounts.c.subject_id, bills.c.account_id == accounts.c.id)
# The bill that matters of each account: the open one due soonest, else the newest.
_TELLING = (
    select(bills.c.id.label("bill_id"), bills.c.period_to, bills.c.due_on, bills.c.state)
    .where(*_ITS_BILLS)
    .order_by(
        _IS_PAID, case((_IS_PAID, None), else_=bills.c.due_on), bills.c.issued_on.desc(), bills.c.id.desc()
    )
    .limit(1)
    .lateral("telling")
)
_OWED = (
    select(func.count().label("due_count"), func.coalesce(func.sum(OWED), 0).label("due_minor"))
    .where(*_ITS_BILLS, OPEN)
    .lateral("owed")
)
LIST_STANDING = (
    select(accounts, *_TELLING.c, *_OWED.c)
    .select_from(accounts.outerjoin(_TELLING, true()).join(_OWED, true()))
    .where(IS_SUBJECTS)
    .order_by(case((_OWED.c.due_count > 0, _TELLING.c.due_on), else_=None), accounts.c.id)
)
LIST = select(accounts).where(IS_SUBJECTS).order_by(accounts.c.id)
FIND = select(accounts).where(IS_SUBJECTS, IS_ACCOUNT)
DELETE = delete(accounts).where(IS_SUBJECTS, IS_ACCOUNT)
# In digest order, so that two imports never wait for each other in a ring; an import and a claim take turns.
LOCK_NUMBERS = (
    select(account_numbers)
    .where(account_numbers.c.digest == any_(bindparam("digests", type_=ARRAY(BYTEA))))
    .order_by(account_numbers.c.digest)
    .with_for_update(key_share=True)
)
FIND_NUMBER = select(account_numbers).where(account_numbers.c.digest == bindparam("digest"))
CHANGE_PROOF = (
    update(account_numbers)
    .where(account_numbers.c.digest == bindparam("in_digest"))
    .values(proof_digest=bindparam("in_proof_digest"), proof_issued_on=bindparam("in_proof_issued_on"))
)
CLAIM_NUMBER = (
    update(account_numbers)
    .where(account_numbers.c.digest == bindparam("in_digest"), account_numbers.c.claimed_at.is_(None))
    .values(subject_id=bindparam("in_subject"), claimed_at=bindparam("in_at"))
)
# The update changes nothing: it is there to lock the row and to return it, old or new.
LOCK_FAILURES = (
    upsert(claim_failures)
    .values(subject_id=bindparam("subject"), failures=0, window_started_at=bindparam("at"))
    .on_conflict_do_update(
        index_elements=[claim_failures.c.subject_id], set_={"failures": claim_failures.c.failures}
    )
    .returning(claim_failures)
)
CHANGE_FAILURES = (
    update(claim_failures)
    .where(claim_failures.c.subject_id == bindparam("subject"))
    .values(failures=bindparam("in_failures"), window_started_at=bindparam("in_started_at"))
)


def list_billers(session: Session) -> Mapping[str, Row[Any]]:
    """The billers by code."""
    return {row.code: row for row in session.execute(select(billers).order_by(billers.c.code))}


def add_biller(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a biller; one that is known stays as it is."""
    session.execute(upsert(billers).on_conflict_do_nothing(), dict(values))


def list_accounts(session: Session, subject_id: UUID) -> Sequence[RowMapping]:
    """A subject's service accounts, oldest first."""
    return session.execute(LIST, {"subject": subject_id}).mappings().all()


def list_standings(session: Session, subject_id: UUID) -> Sequence[RowMapping]:
    """A subject's accounts, each with what is owed and the bill that matters; the soonest due first."""
    return session.execute(LIST_STANDING, {"subject": subject_id}).mappings().all()


def get_account(session: Session, subject_id: UUID, account_id: UUID) -> RowMapping:
    """One account of a subject; the registry has just said that it is there."""
    return session.execute(FIND, {"subject": subject_id, "account": account_id}).mappings().one()


def add_accounts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep service accounts."""
    if rows:
        session.execute(insert(accounts), rows)


def delete_account(session: Session, subject_id: UUID, account_id: UUID) -> None:
    """Take an account away from a subject that no longer holds it."""
    session.execute(DELETE, {"subject": subject_id, "account": account_id})


def lock_account_numbers(session: Session, digests: Sequence[bytes]) -> Mapping[bytes, Row[Any]]:
    """The known accounts among these, by digest, held against claims and other imports until the end."""
    return {bytes(row.digest): row for row in session.execute(LOCK_NUMBERS, {"digests": list(digests)})}


def add_account_numbers(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep new account numbers; one that another import takes meanwhile stops this one (unique violation)."""
    if rows:
        session.execute(insert(account_numbers), rows)


def change_proofs(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Renew the proofs of locked accounts: `in_digest`, `in_proof_digest`, `in_proof_issued_on`."""
    if rows:
        session.execute(CHANGE_PROOF, rows)


def find_account_number(session: Session, digest: bytes) -> Row[Any] | None:
    """Where an account stands."""
    return session.execute(FIND_NUMBER, {"digest": digest}).one_or_none()


def claim_account_number(session: Session, digest: bytes, subject_id: UUID, at: datetime) -> bool:
    """Give an unclaimed account to a subject; of two who try at once one wins."""
    parameters = {"in_digest": digest, "in_subject": subject_id, "in_at": at}
    return session.execute(CLAIM_NUMBER, parameters).rowcount == 1


def lock_claim_failures(session: Session, subject_id: UUID, at: datetime) -> Row[Any]:
    """A resident's wrong proofs, made where there were none, locked until the end: tries stand in a row."""
    return session.execute(LOCK_FAILURES, {"subject": subject_id, "at": at}).one()


def change_claim_failures(session: Session, subject_id: UUID, failures: int, started_at: datetime) -> None:
    """Set a count that this transaction has locked."""
    parameters = {"subject": subject_id, "in_failures": failures, "in_started_at": started_at}
    session.execute(CHANGE_FAILURES, parameters)
