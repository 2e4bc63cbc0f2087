"""Appends audit events to the transaction that causes them."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from services import ids
from services.actor import Actor
from services.audit.leaf import Details, leaf_of
from services.database.session import Session

INSERT = (
    "INSERT INTO audit.events (id, at, event, actor, account_id, client, subject_id, purpose, request_id, "
    "subject_ids, details, leaf) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
INSERT_SUBJECTS = "INSERT INTO audit.event_subjects (subject_id, event_id) SELECT unnest(%s::uuid[]), %s"
NOTHING: Details = {}


def append(
    session: Session,
    actor: Actor,
    event: str,
    *,
    subject_id: UUID | None = None,
    subject_ids: Sequence[UUID] = (),
    details: Details = NOTHING,
) -> None:
    """Write one audit event with the commit of this transaction.

    Shapes: `event` is declared in a manifest; `details` are ids, codes and field names, never values of a person.
        `subject_ids` are for one event that concerns several people.
    Effects: the row travels with COMMIT: either both are durable or neither is.
    """
    event_id = ids.new_id()
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    several = tuple(dict.fromkeys(subject_ids))
    leaf = leaf_of(
        event_id=event_id,
        at=session.at,
        event=event,
        actor=actor.label,
        account_id=actor.account,
        client=actor.client,
        subject_id=subject_id,
        subject_ids=several,
        purpose=actor.purpose,
        request_id=request_id,
        details=details,
    )
    values = (event_id, session.at, event, actor.label, actor.account, actor.client, subject_id)
    session.at_commit(
        INSERT, (*values, actor.purpose, request_id, list(several) or None, Jsonb(dict(details)), leaf)
    )
    if several:
        session.at_commit(INSERT_SUBJECTS, (list(several), event_id))
