"""Imports find again what they brought: names of entries as keyed digests, and what was kept of each."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE health_file.import_names (digest bytea NOT NULL, source text NOT NULL, resource_id uuid,
    run uuid, CONSTRAINT import_names_pkey PRIMARY KEY (digest))""",
    "CREATE INDEX import_names_run_idx ON health_file.import_names (run) WHERE run IS NOT NULL",
    """CREATE TABLE health_file.import_entries (source text NOT NULL, resource_id uuid NOT NULL, type text NOT NULL,
    run uuid NOT NULL, ordinal bigint NOT NULL, checked_digest bytea, owner_digests bytea[] NOT NULL,
    subject_id uuid, loaded_digest bytea, version integer,
    CONSTRAINT import_entries_pkey PRIMARY KEY (source, resource_id))""",
)
VERBS = ("select", "insert", "update", "delete")


def upgrade() -> None:
    """Create the tables; the worker's role alone imports."""
    for statement in TABLES:
        op.execute(statement)
    for table in ("import_names", "import_entries"):
        for statement in share(f"health_file.{table}", verbs=VERBS, roles=(Role.WORKER,)):
            op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("import_entries", "import_names"):
        op.execute(f"DROP TABLE health_file.{table}")
