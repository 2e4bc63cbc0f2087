"""What the hotline's worker does."""

from uuid import UUID

import structlog

from hotline import actions
from services.actor import Actor
from services.database.session import Session

log = structlog.get_logger(__name__)


def take_timed_step(session: Session, actor: Actor, *, ticket_id: str, since: int) -> None:
    """Move a ticket that has stood still for as long as its state allows; harmless when it has moved."""
    actions.take_timed_step(session, actor, ticket_id=UUID(ticket_id), since=since)


def recalculate(session: Session, actor: Actor) -> None:
    """Recompute provisional deadlines after a year was published."""
    actions.recalculate(session, actor)


def check_clocks(session: Session, actor: Actor) -> None:
    """Compare every stored deadline with its history; a drift is an alarm in the log and a row in the audit."""
    drifted = actions.check_clocks(session, actor)
    if drifted:
        log.error("clocks drifted", count=drifted)


def escalate(session: Session, actor: Actor) -> None:
    """Take clocks up the levels of their time that have come."""
    actions.escalate(session, actor)


def count_days(session: Session, _actor: Actor) -> None:
    """Bring the published counts up to date."""
    actions.count_days(session)


def forget_queue_changes(session: Session, _actor: Actor) -> None:
    """Forget what moved in the queue more than a day ago."""
    actions.forget_queue_changes(session)


def forget_texts(session: Session, actor: Actor) -> None:
    """Sweep the digests by which repeated texts and messages are known."""
    del actor
    actions.forget_texts(session)
    actions.forget_deliveries(session)


def confirm_filing(session: Session, actor: Actor, *, ticket_id: str) -> None:
    """Tell number and tracking code to whoever filed; harmless when it was done."""
    actions.confirm_filing(session, actor, ticket_id=UUID(ticket_id))


def enforce_retention(session: Session, actor: Actor) -> None:
    """Let go of calls, letters and drafts that were kept as long as they may be."""
    actions.enforce_retention(session, actor)
