"""Jobs are queued with the commit, run once, tried again, and swept up after a killed worker."""

import asyncio
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from procrastinate.schema import SchemaManager

from services import jobs
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from services.jobs import store
from services.jobs.running import run_job
from services.jobs.schedule import Schedule
from services.jobs.worker import create_queue
from services.manifest import Job

WORKER = Opening(role=Role.WORKER)
COUNT = "SELECT count(*) FROM jobs.procrastinate_jobs"


def test_enqueue_is_invisible_before_commit_and_gone_after_rollback(database, resident) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction(Opening(role=Role.RESIDENT)) as session:
        jobs.enqueue(session, resident, "test.job", subject_id=resident.subject)
        raise ZeroDivisionError
    assert database.read_as(Role.WORKER, COUNT) == [0]
    with database.transaction(Opening(role=Role.RESIDENT)) as session:
        jobs.enqueue(session, resident, "test.job", subject_id=resident.subject)
        assert session.closing
    assert database.read_as(Role.WORKER, COUNT) == [1]


def test_enqueue_of_more_than_an_id_is_refused(database, resident) -> None:
    with pytest.raises(ValueError, match="ids only"), database.transaction(WORKER) as session:
        jobs.enqueue(session, resident, "test.job", text="x" * 200)


def test_queue_is_not_readable_by_residents_or_staff(database) -> None:
    from psycopg.errors import InsufficientPrivilege

    for role in (Role.RESIDENT, Role.STAFF, Role.GATEWAY):
        with pytest.raises(InsufficientPrivilege), database.transaction(Opening(role=role)) as session:
            session.raw("SELECT count(*) FROM jobs.procrastinate_jobs")


def test_run_job_acts_as_the_system_about_its_subject(database) -> None:
    seen = []

    def act(session, actor, *, note_id):
        seen.append((actor.label, actor.subject, note_id, session.opening.subjects))

    subject = uuid4()
    run_job(
        database, Job("ebills.test", act), {"subject_id": str(subject), "caused_by": None, "note_id": "n"}
    )
    assert seen == [("system:ebills.test", subject, "n", (subject,))]


def work_off(committed, job) -> None:
    url = committed.engine.url.render_as_string(hide_password=False)
    queue = create_queue(url, committed, [job])

    async def run():
        async with queue.open_async():
            await queue.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    asyncio.run(run())


def test_worker_runs_what_was_committed_exactly_once(committed) -> None:
    ran = []
    job = Job("ebills.test", lambda session, actor, *, note_id: ran.append(note_id))
    with committed.transaction(WORKER) as session:
        for number in range(5):
            jobs.enqueue(session, system("test"), "ebills.test", note_id=f"n{number}")
    work_off(committed, job)
    work_off(committed, job)
    assert sorted(ran) == [f"n{number}" for number in range(5)]


def test_worker_whose_job_fails_queues_it_for_later(committed, server) -> None:
    def fail(session, actor):
        raise RuntimeError

    with committed.transaction(WORKER) as session:
        jobs.enqueue(session, system("test"), "ebills.test")
    work_off(committed, Job("ebills.test", fail))
    with server.admin(committed.engine.url.database) as admin:
        row = admin.execute(
            "SELECT status::text, attempts, scheduled_at > now() FROM jobs.procrastinate_jobs"
        ).fetchone()
    assert row == ("todo", 1, True)


def test_job_left_by_a_killed_worker_is_queued_again(committed, server) -> None:
    with committed.transaction(WORKER) as session:
        jobs.enqueue(session, system("test"), "ebills.test")
    with server.admin(committed.engine.url.database) as admin:
        admin.execute("SET search_path = jobs")
        admin.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')"
        )
        admin.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM procrastinate_workers)"
        )
    with committed.transaction(WORKER) as session:
        assert store.retry_stalled(session, session.at - timedelta(seconds=20)) == 1
    ran = []
    work_off(committed, Job("ebills.test", lambda session, actor: ran.append(1)))
    assert ran == [1]


def test_periodic_job_of_two_workers_runs_once_per_period(committed) -> None:
    ran = []
    job = Job("ebills.tick", lambda session, actor: ran.append(1), every=timedelta(hours=1))
    for _ in range(3):
        Schedule(committed, [job])._run_if_ours(job)
    assert ran == [1]


def test_installed_queue_has_the_functions_of_the_library_we_pin(server, worker_database) -> None:
    declared = set(re.findall(r"^CREATE FUNCTION (\w+)", SchemaManager.get_schema(), re.MULTILINE))
    with server.admin(worker_database) as admin:
        rows = admin.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace AND proname <> 'enqueue'"
        ).fetchall()
    assert {row[0] for row in rows} == declared
