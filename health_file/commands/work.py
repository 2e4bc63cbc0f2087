"""One batch of an import, in its own transaction; one that fails is halved until the entry at fault is alone."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from datetime import timedelta
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError

from health_file.actions.importing import (
    Import,
    Result,
    check_entries,
    forget_names,
    load_entries,
    settle_owners,
)
from health_file.errors import EntryFailed
from health_file.fhir.importing import Entry
from services.database.engine import engine_for
from services.database.roles import Role
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.errors import CitizenError
from services.settings import Settings
from services.vault import load_keys

CHECK, LOAD = "check", "load"
STEPS = {CHECK: check_entries, LOAD: load_entries}
OPENING = Opening(role=Role.WORKER, service="health_file")
PATIENCE_SECONDS = 60
# The server is away or restarting, or two batches met: the same batch will do a moment later.
AGAIN = ("40001", "40P01", "55P03", "57P01", "57P02", "57P03", "08000", "08003", "08006", "53300")
ABANDONED_AFTER = timedelta(days=2)

log = logging.getLogger(__name__)
_own: list[Database] = []


def start(settings: Settings, url: str) -> None:
    """Make a process ready to work: a database of its own; it ends with the command, whatever ends that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _own.append(Database(engine_for(settings, url, application="citizen-import"), load_keys(settings)))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def own_database() -> Database:
    """The database of a process that was made ready."""
    return _own[0]


def work_on(database: Database, step: str, job: Import, batch: list[Entry]) -> Result:
    """Do one step with a batch, each entry wholly or not at all.

    Raises: psycopg.OperationalError when the server stays away.
    """
    try:
        return _patiently(database, step, job, batch)
    except (psycopg.Error, DBAPIError, CitizenError) as error:
        if _is_passing(error):
            raise
        if len(batch) > 1:
            half = len(batch) // 2
            result = work_on(database, step, job, batch[:half])
            result.add(work_on(database, step, job, batch[half:]))
            return result
        log.warning("an entry could not be imported", extra={"fault": type(error).__name__})
        result = Result()
        result.refuse(batch[0], error if isinstance(error, CitizenError) else EntryFailed())
        return result


def _patiently(database: Database, step: str, job: Import, batch: list[Entry]) -> Result:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with database.transaction(OPENING) as session:
                _without_limit(session)
                return STEPS[step](session, job, batch)
        except (psycopg.Error, DBAPIError) as error:
            if not _is_passing(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def settle(database: Database, job: Import) -> None:
    """Between the passes: whose each entry is."""
    with database.transaction(OPENING) as session:
        _without_limit(session)
        settle_owners(session, job.source, job.run)


def forget(database: Database, job: Import) -> None:
    """After the run: names that were meant inside one Bundle alone, of runs long abandoned too."""
    with database.transaction(OPENING) as session:
        _without_limit(session)
        long_ago = int((session.at - ABANDONED_AFTER).timestamp() * 1000)
        forget_names(session, job.run, abandoned_before=UUID(int=long_ago << 80))


def _without_limit(session: Session) -> None:
    session.raw("SET LOCAL statement_timeout = 0")


def _is_passing(error: Exception) -> bool:
    if isinstance(error, DBAPIError) and isinstance(error.orig, Exception):
        error = error.orig
    if isinstance(error, psycopg.Error) and error.sqlstate:
        return error.sqlstate in AGAIN
    return isinstance(error, psycopg.OperationalError)
