"""What has been kept as long as it may be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, exists, func, select

from hotline.models import calls, context_codes, drafts, letters, retention_rules, tickets
from hotline.rules import OPEN_STATES
from hotline.rules.calls import LIVE
from hotline.rules.retention import Kept
from services.database.session import Session


def read_retention(session: Session) -> tuple[int, Sequence[Row[Any]]]:
    """The newest version of the rules, and its rows."""
    newest = session.execute(select(func.max(retention_rules.c.version))).scalar_one()
    return newest, session.execute(select(retention_rules).where(retention_rules.c.version == newest)).all()


def count_outdated(session: Session, kept: Kept, before: datetime) -> int:
    """How much of a kind has been kept long enough."""
    table, conditions = _outdated(kept, before)
    return int(session.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


def forget_calls(session: Session, before: datetime, *, limit: int) -> list[UUID]:
    """Forget calls; under whose keys each was sealed, to be destroyed."""
    _, conditions = _outdated(Kept.CALLS, before)
    some = select(calls.c.id).where(*conditions).order_by(calls.c.started_at).limit(limit)
    gone = delete(calls).where(calls.c.id.in_(some)).returning(calls.c.subject_id)
    return list(session.execute(gone).scalars())


def forget_letters(session: Session, before: datetime, *, limit: int) -> int:
    """Forget that letters came; how many."""
    _, conditions = _outdated(Kept.LETTERS, before)
    some = select(letters.c.digest).where(*conditions).limit(limit)
    return session.execute(delete(letters).where(letters.c.digest.in_(some))).rowcount


def forget_drafts(session: Session, before: datetime, *, limit: int) -> int:
    """Forget reports that nobody went on with; how many."""
    _, conditions = _outdated(Kept.DRAFTS, before)
    some = select(drafts.c.subject_id).where(*conditions).limit(limit)
    return session.execute(delete(drafts).where(drafts.c.subject_id.in_(some))).rowcount


def forget_spent_codes(session: Session) -> None:
    """Forget consent codes that can open nothing any more."""
    session.execute(delete(context_codes).where(context_codes.c.expires_at <= session.at))


def _outdated(kept: Kept, before: datetime) -> tuple[Any, tuple[Any, ...]]:
    if kept is Kept.LETTERS:
        return letters, (letters.c.at < before,)
    if kept is Kept.DRAFTS:
        return drafts, (drafts.c.changed_at < before,)
    # A call that is spoken, or whose caller is still to be called back, is not over.
    is_waited_for = exists().where(
        tickets.c.id == calls.c.ticket_id, tickets.c.state.in_([state.value for state in OPEN_STATES])
    )
    is_live = calls.c.state.in_([state.value for state in LIVE]) & (calls.c.ended_at.is_(None))
    return calls, (calls.c.started_at < before, ~is_waited_for, ~is_live)
