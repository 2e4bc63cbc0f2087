"""Enqueues a job inside the caller's transaction: invisible before its commit, gone with its rollback."""

from datetime import datetime
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from services.actor import Actor
from services.database.session import Session

ENQUEUE = "SELECT jobs.enqueue(%s, %s, %s, %s)"
LONGEST = 64


def enqueue(
    session: Session,
    actor: Actor,
    name: str,
    *,
    subject_id: UUID | None = None,
    run_at: datetime | None = None,
    once: str | None = None,
    **ids: str | int,
) -> None:
    """Ask for a job to be run at least once.

    Shapes: `name` is declared in a manifest; `ids` are ids and short codes, never a person's data; with `once`
        a second job of that key is not queued while the first waits.
    Effects: the job travels with COMMIT.
    """
    for value in ids.values():
        if len(str(value)) > LONGEST:
            raise ValueError(f"job {name}: arguments are ids only")
    arguments = {
        **ids,
        "subject_id": None if subject_id is None else str(subject_id),
        "caused_by": None if actor.account is None else str(actor.account),
        "request_id": structlog.contextvars.get_contextvars().get("request_id"),
    }
    session.at_commit(ENQUEUE, (name, Jsonb(arguments), run_at, once))
