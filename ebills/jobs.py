"""What the worker does for e-bills."""

from uuid import UUID

from ebills import actions
from services.actor import Actor
from services.database.session import Session
from services.errors import NotFound


def announce_bills(session: Session, actor: Actor, *, import_id: str) -> None:
    """Tell a resident that an import brought bills; once, however often it runs."""
    if actor.subject is None:
        raise NotFound
    actions.create_notice(session, actor, subject_id=actor.subject, import_id=UUID(import_id))
