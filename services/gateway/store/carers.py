"""Relations that are offered, taken up, declined and ended; each step a guarded update, so that it happens once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, or_, select, update

from services.database.session import Session
from services.gateway.models import consents, grants, relations

_ROW = (
    relations.c.id,
    relations.c.subject_id,
    relations.c.for_subject_id,
    relations.c.relation,
    relations.c.services,
)
_THIS = (relations.c.subject_id == bindparam("account"), relations.c.id == bindparam("wanted"))
LIST_GIVEN = (
    select(relations)
    .where(relations.c.for_subject_id == bindparam("giver"), relations.c.relation == "carer")
    .order_by(relations.c.starts_at.desc(), relations.c.id)
    .limit(50)
)
LIST_HELD = (
    select(relations)
    .where(relations.c.subject_id == bindparam("account"))
    .order_by(relations.c.starts_at.desc(), relations.c.id)
    .limit(50)
)
DECIDE = (
    update(relations)
    .where(
        *_THIS,
        relations.c.state == "offered",
        relations.c.starts_at > bindparam("offered_after"),
        relations.c.ends_at > bindparam("at"),
    )
    .values(state=bindparam("new_state"), decided_at=bindparam("at"))
    .returning(*_ROW, relations.c.ends_at)
)
END_HELD = (
    update(relations)
    .where(*_THIS, relations.c.relation == "carer", relations.c.state == "standing")
    .values(state="ended", decided_at=bindparam("at"))
    .returning(*_ROW)
)
END_GIVEN = (
    update(relations)
    .where(
        relations.c.for_subject_id == bindparam("giver"),
        relations.c.id == bindparam("wanted"),
        relations.c.relation == "carer",
        relations.c.state.in_(("offered", "standing")),
    )
    .values(state="ended", decided_at=bindparam("at"))
    .returning(*_ROW)
)
END_OTHERS = (
    update(relations)
    .where(
        relations.c.subject_id == bindparam("account"),
        relations.c.for_subject_id == bindparam("giver"),
        relations.c.id != bindparam("wanted"),
        relations.c.relation == "carer",
        relations.c.state == "standing",
    )
    .values(state="ended", decided_at=bindparam("at"))
    .returning(*_ROW)
)
END_DUE = (
    update(relations)
    .where(
        *_THIS,
        relations.c.ends_at <= bindparam("at"),
        or_(relations.c.state == "offered", relations.c.state == "standing"),
    )
    .values(state="ended", decided_at=bindparam("at"))
    .returning(*_ROW)
)
REVOKE_GRANTS = (
    update(grants)
    .where(
        grants.c.subject_id == bindparam("account"),
        grants.c.for_subject_id == bindparam("giver"),
        grants.c.relation == bindparam("in_relation"),
        grants.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("at"), revoked_because="relation_ended")
    .returning(grants.c.id, grants.c.client_id)
)
WITHDRAW_CONSENTS = (
    update(consents)
    .where(
        consents.c.subject_id == bindparam("account"),
        consents.c.for_subject_id == bindparam("giver"),
        consents.c.relation == bindparam("in_relation"),
        consents.c.withdrawn_at.is_(None),
    )
    .values(withdrawn_at=bindparam("at"))
)


def list_given(session: Session, giver: UUID) -> Sequence[Row[Any]]:
    """Whom somebody has asked to act for them, newest first."""
    return session.execute(LIST_GIVEN, {"giver": giver}).all()


def list_held(session: Session, account: UUID) -> Sequence[Row[Any]]:
    """For whom an account was asked to act, or does, newest first."""
    return session.execute(LIST_HELD, {"account": account}).all()


def decide(
    session: Session, account: UUID, relation_id: UUID, state: str, offered_after: datetime
) -> Row[Any] | None:
    """Take up or decline an offer that still stands; None when there is none."""
    parameters = {
        "account": account,
        "wanted": relation_id,
        "new_state": state,
        "offered_after": offered_after,
        "at": session.at,
    }
    return session.execute(DECIDE, parameters).one_or_none()


def end_held(session: Session, account: UUID, relation_id: UUID) -> Row[Any] | None:
    """End what the account does for somebody."""
    parameters = {"account": account, "wanted": relation_id, "at": session.at}
    return session.execute(END_HELD, parameters).one_or_none()


def end_given(session: Session, giver: UUID, relation_id: UUID) -> Row[Any] | None:
    """End what somebody does, or was asked to do, for the giver."""
    parameters = {"giver": giver, "wanted": relation_id, "at": session.at}
    return session.execute(END_GIVEN, parameters).one_or_none()


def end_others(session: Session, account: UUID, giver: UUID, kept: UUID) -> Sequence[Row[Any]]:
    """End the older relations of the same two people."""
    parameters = {"account": account, "giver": giver, "wanted": kept, "at": session.at}
    return session.execute(END_OTHERS, parameters).all()


def end_due(session: Session, account: UUID, relation_id: UUID) -> Row[Any] | None:
    """End a relation whose time has come; None when it had ended before."""
    parameters = {"account": account, "wanted": relation_id, "at": session.at}
    return session.execute(END_DUE, parameters).one_or_none()


def revoke_derived(session: Session, account: UUID, giver: UUID, relation: str) -> Sequence[Row[Any]]:
    """Withdraw the consents, and revoke the grants, that an account gave for somebody in a relation; the grants."""
    parameters = {"account": account, "giver": giver, "in_relation": relation, "at": session.at}
    session.execute(WITHDRAW_CONSENTS, parameters)
    return session.execute(REVOKE_GRANTS, parameters).all()


def list_guardians(session: Session, subject: UUID) -> list[UUID]:
    """The accounts that are guardians of somebody now. Access: the gateway and the worker."""
    statement = select(relations.c.subject_id).where(
        relations.c.for_subject_id == subject,
        relations.c.relation == "guardian",
        relations.c.state == "standing",
        relations.c.starts_at <= session.at,
        or_(relations.c.ends_at.is_(None), relations.c.ends_at > session.at),
    )
    return list(session.execute(statement).scalars())
