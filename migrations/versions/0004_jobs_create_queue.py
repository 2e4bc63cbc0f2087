"""Install procrastinate's queue into the schema `jobs`, and the narrow doors through which roles reach it."""

from alembic import op
from procrastinate.schema import SchemaManager

from services.database.policies import share
from services.database.roles import Role

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The caller's role cannot read the queue; it can only add to it. Arguments are ids.
ENQUEUE = """
CREATE FUNCTION jobs.enqueue(name text, arguments jsonb, run_at timestamptz, queueing_lock text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = jobs, pg_temp AS $$
BEGIN
    INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, args, scheduled_at, queueing_lock)
    VALUES ('default', name, arguments, run_at, queueing_lock)
    ON CONFLICT DO NOTHING;
END $$
"""


def upgrade() -> None:
    """Create the library's tables and functions; each function carries its own search path."""
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL search_path = jobs, pg_temp")
    # The driver would read the schema's own per cent signs as places for parameters.
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    for (signature,) in connection.exec_driver_sql(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace"
    ).fetchall():
        connection.exec_driver_sql(f"ALTER FUNCTION {signature} SET search_path = jobs, pg_temp")
    connection.exec_driver_sql("SET LOCAL search_path = DEFAULT")
    op.execute(ENQUEUE)
    op.execute(
        "CREATE TABLE jobs.schedule (name text NOT NULL, ran_at timestamptz NOT NULL, "
        "CONSTRAINT schedule_pkey PRIMARY KEY (name))"
    )
    op.execute("REVOKE ALL ON FUNCTION jobs.enqueue(text, jsonb, timestamptz, text) FROM PUBLIC")
    for role in (Role.RESIDENT, Role.STAFF, Role.GATEWAY, Role.WORKER):
        op.execute(f"GRANT EXECUTE ON FUNCTION jobs.enqueue(text, jsonb, timestamptz, text) TO {role.value}")
    everything = ("select", "insert", "update", "delete")
    for table in ("workers", "jobs", "periodic_defers", "events"):
        for statement in share(f"jobs.procrastinate_{table}", verbs=everything, roles=(Role.WORKER,)):
            op.execute(statement)
    for statement in share("jobs.schedule", verbs=everything, roles=(Role.WORKER,)):
        op.execute(statement)
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO {Role.WORKER.value}")


def downgrade() -> None:
    """Drop everything in the schema, and keep the schema."""
    connection = op.get_bind()
    op.execute("DROP FUNCTION jobs.enqueue(text, jsonb, timestamptz, text)")
    op.execute("DROP TABLE jobs.schedule")
    for table in ("events", "periodic_defers", "jobs", "workers"):
        op.execute(f"DROP TABLE jobs.procrastinate_{table} CASCADE")
    for (signature,) in connection.exec_driver_sql(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace"
    ).fetchall():
        op.execute(f"DROP FUNCTION {signature} CASCADE")
    for kind in ("job_to_defer_v1", "job_event_type", "job_status"):
        op.execute(f"DROP TYPE jobs.procrastinate_{kind}")
