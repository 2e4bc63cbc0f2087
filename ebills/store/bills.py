"""Statements about bills. Every statement of a resident's request carries the subject."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import Row, RowMapping, Uuid, any_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA

from ebills.models import bill_numbers, bills
from ebills.rules.bills import OPEN_STATES, State
from services.database.session import Session

# The suite's hottest list: on the driver itself, rows as tuples in the order of actions.BillRow.
LIST: LiteralString = (
    "SELECT id, account_id, biller, number, period_from, period_to, issued_on, due_on, usage, unit, "
    "amount_minor, currency, state, paid_minor, paid_on, account_number_sealed, service_address_sealed "
    "FROM ebills.bills WHERE subject_id = %s"
)
OF_ACCOUNTS: LiteralString = " AND account_id = ANY (%s)"
AFTER: LiteralString = " AND (issued_on, id) < (%s, %s)"
IN_STATE: LiteralString = " AND state = %s"
NEWEST_FIRST: LiteralString = " ORDER BY issued_on DESC, id DESC LIMIT %s"

OPEN = bills.c.state.in_([state.value for state in OPEN_STATES])
OWED = bills.c.amount_minor - bills.c.paid_minor
IS_SUBJECTS = bills.c.subject_id == bindparam("subject")
OF_ACCOUNT = bills.c.account_id == bindparam("account")
UUIDS = ARRAY(Uuid)

FIND = select(bills).where(IS_SUBJECTS, bills.c.id == bindparam("id"))
LIST_HISTORY = (
    select(
        bills.c.id,
        bills.c.period_to,
        bills.c.amount_minor,
        bills.c.usage,
        bills.c.unit,
        bills.c.line_titles,
        bills.c.line_amounts,
    )
    .where(IS_SUBJECTS, OF_ACCOUNT, bills.c.period_to <= bindparam("until"))
    .order_by(bills.c.period_to.desc(), bills.c.id.desc())
    .limit(bindparam("most"))
)
FIND_NEXT_DUE = (
    select(bills.c.id, bills.c.biller, bills.c.due_on, bills.c.period_to, OWED.label("due_minor"))
    .where(IS_SUBJECTS, OPEN)
    .order_by(bills.c.due_on, bills.c.id)
    .limit(1)
)
COUNT_DUE = select(func.count()).select_from(bills).where(IS_SUBJECTS, OPEN)
LIST_IMPORTED = select(bills.c.id, bills.c.due_on, bills.c.state, OWED.label("due_minor")).where(
    IS_SUBJECTS, bills.c.import_id == bindparam("import_id")
)
LIST_OF_ACCOUNT = select(bills).where(IS_SUBJECTS, OF_ACCOUNT)
DELETE_OF_ACCOUNT = delete(bills).where(IS_SUBJECTS, OF_ACCOUNT)
# For the biller's import, whose role reaches all subjects of this service: a read without locks.
LIST_STANDING = select(bills.c.id, bills.c.state, bills.c.paid_minor).where(
    bills.c.subject_id == any_(bindparam("subjects", type_=UUIDS)),
    bills.c.id == any_(bindparam("ids", type_=UUIDS)),
)
CHANGE_PAYMENT = (
    update(bills)
    .where(bills.c.subject_id == bindparam("in_subject"), bills.c.id == bindparam("in_id"))
    .values(
        state=bindparam("in_state"),
        paid_minor=bindparam("in_paid_minor"),
        paid_on=bindparam("in_paid_on"),
        version=bills.c.version + 1,
    )
)
FIND_NUMBERS = select(bill_numbers).where(
    bill_numbers.c.digest == any_(bindparam("digests", type_=ARRAY(BYTEA)))
)


def list_bills(
    session: Session,
    subject_id: UUID,
    *,
    limit: int,
    after: tuple[date, UUID] | None,
    state: State | None,
    accounts: Sequence[UUID] | None = None,
) -> Sequence[tuple[Any, ...]]:
    """A subject's bills, newest first; only those of some accounts where these are given."""
    query: LiteralString = LIST
    parameters: list[Any] = [subject_id]
    if accounts is not None:
        query, parameters = query + OF_ACCOUNTS, [*parameters, list(accounts)]
    if after is not None:
        query, parameters = query + AFTER, [*parameters, *after]
    if state is not None:
        query, parameters = query + IN_STATE, [*parameters, state.value]
    return session.raw(query + NEWEST_FIRST, (*parameters, limit)).fetchall()


def find_bill(session: Session, subject_id: UUID, bill_id: UUID) -> RowMapping | None:
    """One bill of a subject, whole."""
    return session.execute(FIND, {"subject": subject_id, "id": bill_id}).mappings().one_or_none()


def list_history(
    session: Session, subject_id: UUID, account_id: UUID, *, until: date, limit: int
) -> Sequence[RowMapping]:
    """An account's bills up to a period, newest first; nothing sealed."""
    parameters = {"subject": subject_id, "account": account_id, "until": until, "most": limit}
    return session.execute(LIST_HISTORY, parameters).mappings().all()


def find_next_due(session: Session, subject_id: UUID) -> Row[Any] | None:
    """A subject's open bill that is due soonest."""
    return session.execute(FIND_NEXT_DUE, {"subject": subject_id}).one_or_none()


def count_due(session: Session, subject_id: UUID) -> int:
    """How many of a subject's bills are open."""
    count: int = session.execute(COUNT_DUE, {"subject": subject_id}).scalar_one()
    return count


def list_imported(session: Session, subject_id: UUID, import_id: UUID) -> Sequence[Row[Any]]:
    """What one import brought a subject."""
    return session.execute(LIST_IMPORTED, {"subject": subject_id, "import_id": import_id}).all()


def list_bills_of_account(session: Session, subject_id: UUID, account_id: UUID) -> Sequence[RowMapping]:
    """All bills of an account, whole, in no particular order."""
    found = session.execute(LIST_OF_ACCOUNT, {"subject": subject_id, "account": account_id})
    return found.mappings().all()


def delete_bills_of_account(session: Session, subject_id: UUID, account_id: UUID) -> None:
    """Take an account's bills away from a subject that no longer holds it."""
    session.execute(DELETE_OF_ACCOUNT, {"subject": subject_id, "account": account_id})


def add_bills(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep bills."""
    if rows:
        session.execute(insert(bills), rows)


def add_bill_numbers(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep new bill numbers; one that another import takes meanwhile stops this one (unique violation)."""
    if rows:
        session.execute(insert(bill_numbers), rows)


def find_bill_numbers(session: Session, digests: Sequence[bytes]) -> Mapping[bytes, Row[Any]]:
    """The known bill numbers among these, by digest."""
    return {bytes(row.digest): row for row in session.execute(FIND_NUMBERS, {"digests": list(digests)})}


def list_standing(
    session: Session, subject_ids: Sequence[UUID], bill_ids: Sequence[UUID]
) -> Mapping[UUID, Row[Any]]:
    """(state, paid_minor) of bills by id."""
    if not bill_ids:
        return {}
    found = session.execute(LIST_STANDING, {"subjects": list(subject_ids), "ids": list(bill_ids)})
    return {row.id: row for row in found}


def change_payments(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note what is paid: `in_subject`, `in_id`, `in_state`, `in_paid_minor`, `in_paid_on` of each bill."""
    if rows:
        session.execute(CHANGE_PAYMENT, rows)
