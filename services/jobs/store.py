"""Every SQL statement about the queue and the schedule."""

from datetime import datetime, timedelta

from services.database.session import Session


def claim_run(session: Session, name: str, every: timedelta) -> bool:
    """Whether it is this process's turn to run a periodic job: a compare-and-set on when it ran last."""
    row = session.raw(
        "INSERT INTO jobs.schedule (name, ran_at) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE "
        "SET ran_at = excluded.ran_at WHERE jobs.schedule.ran_at <= excluded.ran_at - %s RETURNING 1",
        (name, session.at, every),
    ).fetchone()
    return row is not None


def retry_stalled(session: Session, silent_since: datetime) -> int:
    """Queue again what a killed worker left unfinished."""
    rows = session.raw(
        "SELECT jobs.procrastinate_retry_job_v2(job.id, %s, NULL, NULL, NULL) "
        "FROM jobs.procrastinate_jobs job LEFT JOIN jobs.procrastinate_workers worker "
        "ON worker.id = job.worker_id "
        "WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < %s)",
        (session.at, silent_since),
    ).fetchall()
    return len(rows)


def delete_finished(session: Session, before: datetime) -> int:
    """Forget jobs that ended long ago."""
    return session.raw(
        "DELETE FROM jobs.procrastinate_jobs job WHERE status IN ('succeeded', 'cancelled', 'aborted') "
        "AND NOT EXISTS (SELECT FROM jobs.procrastinate_events event "
        "WHERE event.job_id = job.id AND event.at >= %s)",
        (before,),
    ).rowcount
