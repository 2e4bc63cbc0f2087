"""Consents that an operator may hear how a resident stands elsewhere, the codes read out on calls, and every look."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hotline.models import code_guesses, context_codes, context_grants, context_looks
from hotline.rules.context import GrantKind, Guesses
from services.database.session import Session


def add_context_grant(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a consent."""
    session.execute(insert(context_grants), dict(values))


def list_context_grants(session: Session, subject_id: UUID, *, limit: int) -> Sequence[Row[Any]]:
    """A resident's consents, the newest first."""
    theirs = select(context_grants).where(context_grants.c.subject_id == subject_id)
    return session.execute(theirs.order_by(context_grants.c.id.desc()).limit(limit)).all()


def revoke_context_grant(session: Session, subject_id: UUID, grant_id: UUID) -> Row[Any] | None:
    """End a consent that holds; None when there is none."""
    statement = (
        update(context_grants)
        .where(
            context_grants.c.subject_id == subject_id,
            context_grants.c.id == grant_id,
            context_grants.c.revoked_at.is_(None),
            context_grants.c.expires_at > session.at,
        )
        .values(revoked_at=session.at)
        .returning(context_grants)
    )
    return session.execute(statement).one_or_none()


def list_live_for_ticket(session: Session, subject_id: UUID, ticket_id: UUID) -> Sequence[Row[Any]]:
    """The consents that hold now for a resident's ticket."""
    is_for_it = or_(
        context_grants.c.kind == GrantKind.STANDING.value,
        and_(context_grants.c.kind == GrantKind.TICKET.value, context_grants.c.ticket_id == ticket_id),
    )
    live = select(context_grants).where(
        context_grants.c.subject_id == subject_id,
        context_grants.c.revoked_at.is_(None),
        context_grants.c.expires_at > session.at,
        is_for_it,
    )
    return session.execute(live.order_by(context_grants.c.id)).all()


def list_live_for_call(session: Session, call_id: UUID, account: UUID) -> Sequence[Row[Any]]:
    """The consents that hold now for a call, and for the operator to whom the code was read out."""
    live = select(context_grants).where(
        context_grants.c.call_id == call_id,
        context_grants.c.account_id == account,
        context_grants.c.revoked_at.is_(None),
        context_grants.c.expires_at > session.at,
    )
    return session.execute(live.order_by(context_grants.c.id)).all()


def add_context_look(session: Session, values: Mapping[str, Any]) -> None:
    """Keep that somebody looked, and what they were told."""
    session.execute(insert(context_looks), dict(values))


def list_context_looks(session: Session, subject_id: UUID, *, limit: int) -> Sequence[Row[Any]]:
    """Who looked at how a resident stands, the newest first."""
    theirs = select(context_looks).where(context_looks.c.subject_id == subject_id)
    return session.execute(theirs.order_by(context_looks.c.id.desc()).limit(limit)).all()


def add_context_code(session: Session, values: Mapping[str, Any]) -> bool:
    """Keep a code that may be read out; False when another one of these digits lives. Spent ones make room."""
    session.execute(
        delete(context_codes).where(
            or_(
                context_codes.c.subject_id == values["subject_id"],
                and_(context_codes.c.digest == values["digest"], context_codes.c.expires_at <= session.at),
            )
        )
    )
    statement = (
        upsert(context_codes).values(dict(values)).on_conflict_do_nothing().returning(context_codes.c.digest)
    )
    return session.execute(statement).scalar() is not None


def spend_context_code(session: Session, digest: bytes) -> Row[Any] | None:
    """Take a code that lives, once; None for every other."""
    statement = (
        delete(context_codes)
        .where(context_codes.c.digest == digest, context_codes.c.expires_at > session.at)
        .returning(context_codes)
    )
    return session.execute(statement).one_or_none()


def lock_guesses(session: Session, account: UUID) -> Guesses:
    """An operator's wrong codes, locked until the end: tries stand in a row."""
    statement = (
        upsert(code_guesses)
        .values(account_id=account, guesses=0, since=session.at)
        .on_conflict_do_update(index_elements=["account_id"], set_={"guesses": code_guesses.c.guesses})
        .returning(code_guesses)
    )
    row = session.execute(statement).one()
    return Guesses(row.guesses, row.since)


def put_guesses(session: Session, account: UUID, guesses: Guesses) -> None:
    """Set a count that this transaction has locked."""
    statement = update(code_guesses).where(code_guesses.c.account_id == account)
    session.execute(statement.values(guesses=guesses.count, since=guesses.since))
