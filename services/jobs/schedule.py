"""Periodic jobs: a thread of each worker asks when each is due; one worker at a time runs it."""

import threading
import time
from collections.abc import Sequence

import structlog

from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.jobs import store
from services.jobs.running import run_job
from services.manifest import Job

log = structlog.get_logger(__name__)
TICK_SECONDS = 0.5


class Schedule(threading.Thread):
    """Runs the periodic jobs of all services until it is stopped."""

    def __init__(self, database: Database, jobs: Sequence[Job]) -> None:
        super().__init__(name="schedule", daemon=True)
        self._database = database
        self._jobs = [job for job in jobs if job.every is not None]
        self._due = {job.name: 0.0 for job in self._jobs}
        self._stopping = threading.Event()

    def run(self) -> None:
        """Tick until stopped; a failing job is logged and tried again at its next time."""
        while not self._stopping.wait(TICK_SECONDS):
            for job in self._jobs:
                if time.monotonic() >= self._due[job.name] and not self._stopping.is_set():
                    self._run_if_ours(job)

    def stop(self) -> None:
        """End after the job that runs now."""
        self._stopping.set()
        self.join(30)

    def _run_if_ours(self, job: Job) -> None:
        if job.every is None:
            return
        self._due[job.name] = time.monotonic() + job.every.total_seconds()
        try:
            with self._database.transaction(Opening(role=Role.WORKER, service="jobs")) as session:
                is_ours = store.claim_run(session, job.name, job.every * 0.9)
            if is_ours:
                run_job(self._database, job, {})
        except Exception:
            log.exception("periodic job failed", job=job.name)
