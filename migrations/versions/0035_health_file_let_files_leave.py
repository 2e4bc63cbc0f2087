"""Files leave whole: exports and archives as jobs, their content sealed in chunks."""

from alembic import op

from services.database.policies import protect_service_table

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLES = {
    "health_file.exports": """CREATE TABLE health_file.exports (subject_id uuid NOT NULL, id uuid NOT NULL,
        kind text NOT NULL, state text NOT NULL, asker jsonb NOT NULL, request text NOT NULL, language text NOT NULL,
        types text[] NOT NULL, since_at timestamptz, stage integer NOT NULL, last_owner uuid, last_id uuid,
        last_version integer, done integer NOT NULL, created_at timestamptz NOT NULL, ended_at timestamptz,
        expires_at timestamptz NOT NULL, CONSTRAINT exports_pkey PRIMARY KEY (subject_id, id),
        CONSTRAINT exports_kind_check CHECK (kind IN ('patient', 'group', 'system', 'archive')),
        CONSTRAINT exports_state_check CHECK (state IN ('accepted', 'running', 'complete', 'failed', 'expired')))""",
    "health_file.export_chunks": """CREATE TABLE health_file.export_chunks (subject_id uuid NOT NULL,
        export_id uuid NOT NULL, file integer NOT NULL, number integer NOT NULL, list text NOT NULL, type text NOT NULL,
        owners uuid[] NOT NULL, ids uuid[] NOT NULL, versions integer[] NOT NULL, content_sealed bytea NOT NULL,
        CONSTRAINT export_chunks_pkey PRIMARY KEY (subject_id, export_id, file, number))""",
}
WORKER = ("select", "insert", "update", "delete")


def upgrade() -> None:
    """Create the tables and their fences."""
    for name, statement in TABLES.items():
        op.execute(statement)
        verbs = ("select", "insert", "update") if name.endswith("exports") else ("select", "delete")
        for fence in protect_service_table(name, resident=verbs, staff=verbs, worker=WORKER):
            op.execute(fence)


def downgrade() -> None:
    """Drop the tables."""
    for name in reversed(TABLES):
        op.execute(f"DROP TABLE {name}")
