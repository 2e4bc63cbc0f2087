"""What the hotline's worker does."""

from uuid import UUID

from hotline import actions
from services.actor import Actor
from services.database.session import Session


def take_timed_step(session: Session, actor: Actor, *, ticket_id: str, since: int) -> None:
    """Move a ticket that has stood still for as long as its state allows; harmless when it has moved."""
    actions.take_timed_step(session, actor, ticket_id=UUID(ticket_id), since=since)
