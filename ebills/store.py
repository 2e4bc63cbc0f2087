"""Every SQL statement of e-bills."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from ebills.models import account_numbers, accounts, bill_numbers, billers, bills, imports
from ebills.rules import State
from services.database.session import Session

# The hot list: one statement on the driver, rows as tuples, in the order of actions.BillRow.
LIST_BILLS = """
SELECT id, account_id, biller, number, period_from, period_to, issued_on, due_on, usage, unit, amount_minor,
    currency, state, paid_on, account_sealed, address_sealed
FROM ebills.bills
WHERE subject_id = %s
"""
ORDER = " ORDER BY issued_on DESC, id DESC LIMIT %s"


def list_bills(
    session: Session,
    subject_id: UUID,
    *,
    limit: int,
    after: tuple[date, UUID] | None,
    state: State | None,
) -> Sequence[tuple[Any, ...]]:
    """A subject's bills, newest first."""
    if after is None and state is None:
        return session.raw(LIST_BILLS + ORDER, (subject_id, limit)).fetchall()
    if after is None and state is not None:
        return session.raw(
            LIST_BILLS + " AND state = %s" + ORDER, (subject_id, state.value, limit)
        ).fetchall()
    if after is not None and state is None:
        return session.raw(
            LIST_BILLS + " AND (issued_on, id) < (%s, %s)" + ORDER, (subject_id, *after, limit)
        ).fetchall()
    return session.raw(
        LIST_BILLS + " AND (issued_on, id) < (%s, %s) AND state = %s" + ORDER,
        (subject_id, *(after or ()), state and state.value, limit),
    ).fetchall()


def find_bill(session: Session, subject_id: UUID, bill_id: UUID) -> Row[Any] | None:
    """One bill of a subject."""
    statement = select(bills).where(bills.c.subject_id == subject_id, bills.c.id == bill_id)
    return session.execute(statement).one_or_none()


def list_history(session: Session, subject_id: UUID, account_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """The newest bills of one account."""
    statement = (
        select(bills.c.id, bills.c.period_to, bills.c.amount_minor, bills.c.usage)
        .where(bills.c.subject_id == subject_id, bills.c.account_id == account_id)
        .order_by(bills.c.period_to.desc())
        .limit(limit)
    )
    return session.execute(statement).all()


def list_accounts(session: Session, subject_id: UUID) -> Sequence[Row[Any]]:
    """A subject's service accounts, oldest first."""
    statement = select(accounts).where(accounts.c.subject_id == subject_id).order_by(accounts.c.id)
    return session.execute(statement).all()


def sum_due(session: Session, subject_id: UUID) -> tuple[int, int, date | None]:
    """(count, sum in fen, next due date) of a subject's open bills."""
    statement = select(
        func.count().label("count"),
        func.coalesce(func.sum(bills.c.amount_minor), 0).label("total"),
        func.min(bills.c.due_on).label("due_on"),
    ).where(bills.c.subject_id == subject_id, bills.c.state == State.ISSUED.value)
    found = session.execute(statement).mappings().one()
    return int(found["count"]), int(found["total"]), found["due_on"]


def list_due(session: Session, subject_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """A subject's open bills, the soonest due first."""
    statement = select(bills.c.id, bills.c.biller, bills.c.amount_minor, bills.c.due_on, bills.c.period_to)
    return session.execute(
        statement.where(bills.c.subject_id == subject_id, bills.c.state == State.ISSUED.value)
        .order_by(bills.c.due_on, bills.c.id)
        .limit(limit)
    ).all()


def list_billers(session: Session) -> Mapping[str, Row[Any]]:
    """The billers by code."""
    return {row.code: row for row in session.execute(select(billers)).all()}


def add_biller(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a biller."""
    session.execute(upsert(billers).on_conflict_do_nothing(), dict(values))


def find_account_numbers(session: Session, digests: Sequence[bytes]) -> Mapping[bytes, Row[Any]]:
    """Known accounts by digest."""
    rows = session.execute(select(account_numbers).where(account_numbers.c.digest.in_(digests))).all()
    return {bytes(row.digest): row for row in rows}


def find_bill_numbers(session: Session, digests: Sequence[bytes]) -> Mapping[bytes, Row[Any]]:
    """Known bills by digest."""
    rows = session.execute(select(bill_numbers).where(bill_numbers.c.digest.in_(digests))).all()
    return {bytes(row.digest): row for row in rows}


def add_accounts(
    session: Session, rows: Sequence[Mapping[str, Any]], numbers: Sequence[Mapping[str, Any]]
) -> None:
    """Keep new accounts and their place in the registry."""
    if rows:
        session.execute(insert(account_numbers), [dict(row) for row in numbers])
        session.execute(insert(accounts), [dict(row) for row in rows])


def add_bills(
    session: Session, rows: Sequence[Mapping[str, Any]], numbers: Sequence[Mapping[str, Any]]
) -> None:
    """Keep new bills and their place in the registry; a number taken meanwhile stops the whole import."""
    if rows:
        session.execute(insert(bill_numbers), [dict(row) for row in numbers])
        session.execute(insert(bills), [dict(row) for row in rows])


def mark_paid(session: Session, subject_id: UUID, bill_id: UUID, paid_on: date) -> bool:
    """Mark an open bill paid; False when it was not open."""
    changed = session.execute(
        update(bills)
        .where(bills.c.subject_id == subject_id, bills.c.id == bill_id, bills.c.state == State.ISSUED.value)
        .values(state=State.PAID.value, paid_on=paid_on, version=bills.c.version + 1)
    )
    return changed.rowcount == 1


def add_import(session: Session, values: Mapping[str, Any]) -> None:
    """Keep the record of an import."""
    session.execute(insert(imports), dict(values))


def list_imports(session: Session, biller: str, limit: int) -> Sequence[Row[Any]]:
    """A biller's newest imports."""
    statement = select(imports).where(imports.c.biller == biller).order_by(imports.c.imported_at.desc())
    return session.execute(statement.limit(limit)).all()


def link_number(session: Session, digest: bytes, *, old: UUID, new: UUID, at: datetime) -> bool:
    """Give an unlinked account to a resident; of two who try at once one wins."""
    changed = session.execute(
        update(account_numbers)
        .where(
            account_numbers.c.digest == digest,
            account_numbers.c.subject_id == old,
            account_numbers.c.linked_at.is_(None),
        )
        .values(subject_id=new, linked_at=at)
    )
    return changed.rowcount == 1


def list_bills_of(session: Session, subject_id: UUID, account_id: UUID) -> Sequence[Row[Any]]:
    """All bills of an account, whole."""
    statement = select(bills).where(bills.c.subject_id == subject_id, bills.c.account_id == account_id)
    return session.execute(statement.order_by(bills.c.issued_on.desc())).all()


def find_account(session: Session, subject_id: UUID, account_id: UUID) -> Row[Any] | None:
    """One account of a subject."""
    statement = select(accounts).where(accounts.c.subject_id == subject_id, accounts.c.id == account_id)
    return session.execute(statement).one_or_none()


def move_account(
    session: Session,
    *,
    old: UUID,
    new: UUID,
    account: Mapping[str, Any],
    moved: Sequence[Mapping[str, Any]],
) -> None:
    """Replace an account and its bills under another subject; keys never change in place."""
    account_id = account["id"]
    session.execute(delete(bills).where(bills.c.subject_id == old, bills.c.account_id == account_id))
    session.execute(delete(accounts).where(accounts.c.subject_id == old, accounts.c.id == account_id))
    session.execute(insert(accounts), dict(account))
    if moved:
        session.execute(insert(bills), [dict(row) for row in moved])
        session.execute(
            update(bill_numbers)
            .where(bill_numbers.c.bill_id.in_([row["id"] for row in moved]))
            .values(subject_id=new)
        )
