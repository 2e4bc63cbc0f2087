"""Work on many tickets at once, of which a broken one must not stop the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from services.database.session import Session

log = structlog.get_logger(__name__)


@contextmanager
def one_of_many(session: Session, ticket_id: UUID, *, sweep: str) -> Iterator[None]:
    """Work on one ticket of a sweep; when that fails, what it did is undone and the next one's turn comes.

    Effects: an alarm in the log that names the ticket by its id, and the fault by its kind and place.
    Raises: what is no fault of the ticket's: a connection that is gone.
    """
    try:
        with session.apart():
            yield
    except Exception:
        if session.driver.closed:
            raise
        log.exception("a ticket stopped a sweep", kind=sweep, ticket=str(ticket_id))
