"""Runs one job: its own transaction, its own actor, the ids it was queued with."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.manifest import Job

OURS = frozenset({"subject_id", "caused_by", "request_id"})


def run_job(database: Database, job: Job, arguments: Mapping[str, Any]) -> None:
    """Run a job once as `system:<job>`, about the subject it carries.

    Raises: whatever the job raises; the queue then tries again later.
    """
    subject = _uuid(arguments.get("subject_id"))
    caused_by = _uuid(arguments.get("caused_by"))
    actor = system(job.name, subject=subject, caused_by=caused_by)
    given = {name: value for name, value in arguments.items() if name not in OURS}
    structlog.contextvars.bind_contextvars(job=job.name, request_id=arguments.get("request_id"))
    try:
        if job.own_transaction:
            job.run(database, actor, **given)
            return
        opening = Opening(
            role=Role.WORKER,
            service=job.name.split(".")[0],
            account=caused_by,
            subjects=() if subject is None else (subject,),
        )
        with database.transaction(opening) as session:
            job.run(session, actor, **given)
    finally:
        structlog.contextvars.unbind_contextvars("job", "request_id")


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
