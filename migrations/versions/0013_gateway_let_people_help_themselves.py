"""Rate limits, one-time codes, recoveries; relations that are offered and ended; when and where sessions are used."""

from alembic import op

from services.database.policies import protect_account_table, share
from services.database.roles import Role

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE gateway.rate_limits (
    digest bytea NOT NULL, use text NOT NULL, arrives_at timestamptz NOT NULL,
    CONSTRAINT rate_limits_pkey PRIMARY KEY (digest));
CREATE TABLE gateway.one_time_codes (
    id uuid NOT NULL, use text NOT NULL, code_digest bytea NOT NULL, guesses_left integer NOT NULL,
    message_sealed bytea, expires_at timestamptz NOT NULL, consumed_at timestamptz, sent_at timestamptz,
    CONSTRAINT one_time_codes_pkey PRIMARY KEY (id));
CREATE TABLE gateway.recoveries (
    subject_id uuid NOT NULL, id uuid NOT NULL, asked_at timestamptz NOT NULL, ready_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL, cancelled_at timestamptz, used_at timestamptz,
    CONSTRAINT recoveries_pkey PRIMARY KEY (subject_id, id));
"""
COLUMNS = (
    ("relations", "state", "text NOT NULL DEFAULT 'standing'"),
    ("relations", "services", "text[]"),
    ("relations", "name_sealed", "bytea"),
    ("relations", "decided_at", "timestamptz"),
    ("sessions", "origin_sealed", "bytea"),
    ("sessions", "seen_at", "timestamptz"),
    ("grants", "used_at", "timestamptz"),
)


def upgrade() -> None:
    """Create tables, add columns that the old code never reads, and fence."""
    for statement in TABLES.strip().rstrip(";").split(";\n"):
        op.execute(statement)
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE gateway.{table} ADD COLUMN {column} {kind}")
    op.execute("CREATE INDEX relations_for_idx ON gateway.relations (for_subject_id)")
    op.execute("CREATE INDEX one_time_codes_expires_idx ON gateway.one_time_codes (expires_at)")
    everything = ("select", "insert", "update", "delete")
    statements = protect_account_table("gateway.recoveries", worker=("select", "update", "delete"))
    for table in ("rate_limits", "one_time_codes"):
        statements += share(f"gateway.{table}", verbs=everything, roles=(Role.GATEWAY, Role.WORKER))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was made."""
    op.execute("DROP INDEX gateway.relations_for_idx")
    for table, column, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE gateway.{table} DROP COLUMN {column}")
    for table in ("recoveries", "one_time_codes", "rate_limits"):
        op.execute(f"DROP TABLE gateway.{table}")
