"""The worker process: procrastinate's loop over our jobs, plus the schedule."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import procrastinate
from procrastinate import PsycopgConnector, RetryStrategy
from sqlalchemy.engine import make_url

from services.database.embedded import running
from services.database.engine import engine_for
from services.database.roles import Role
from services.database.transaction import Database
from services.jobs.running import run_job
from services.jobs.schedule import Schedule
from services.manifest import Job
from services.settings import Settings
from services.vault import load_keys

FIRST_WAIT_SECONDS = 2
HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 20.0
GRACE_SECONDS = 15.0


def create_queue(app_url: str, database: Database, jobs: Sequence[Job]) -> procrastinate.App:
    """The library's app over our jobs; its connections act in the worker's role."""
    url = make_url(app_url).set(drivername="postgresql")
    connector = PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False),
        kwargs={"options": f"-c role={Role.WORKER.value} -c search_path=jobs", "connect_timeout": 3},
        min_size=1,
        max_size=4,
    )
    app = procrastinate.App(connector=connector)
    for job in jobs:
        app.task(name=job.name, retry=_patience(job))(_runner(database, job))
    return app


def _patience(job: Job) -> RetryStrategy:
    """Wait longer after each failure: 2, 4, 8 … seconds."""
    return RetryStrategy(max_attempts=job.attempts, exponential_wait=FIRST_WAIT_SECONDS)


def _runner(database: Database, job: Job) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        run_job(database, job, arguments)

    return run


async def _work(app: procrastinate.App, concurrency: int) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            fetch_job_polling_interval=2.0,
        )


def run_worker(settings: Settings, jobs: Sequence[Job], concurrency: int) -> None:
    """Work until SIGTERM or SIGINT; running jobs are finished first."""
    with running(settings) as urls:
        engine = engine_for(settings, urls.app_url, application="citizen-worker")
        database = Database(engine, load_keys(settings))
        schedule = Schedule(database, jobs)
        schedule.start()
        try:
            asyncio.run(_work(create_queue(urls.app_url, database, jobs), concurrency))
        finally:
            schedule.stop()
            engine.dispose()
