"""What the health file's worker does."""

from health_file.actions.reindex import reindex_some
from services.actor import Actor
from services.database.session import Session


def reindex(session: Session, actor: Actor) -> None:
    """Index some rows again that an older version of the index holds; `citizen health reindex` does all at once."""
    del actor
    reindex_some(session)
