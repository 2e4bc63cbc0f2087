"""Make resources findable: keyed tokens without clear text, and days."""

from alembic import op

from services.database.policies import protect_service_table

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE health_file.tokens (subject_id uuid NOT NULL, digest bytea NOT NULL,
    resource_id uuid NOT NULL, CONSTRAINT tokens_pkey PRIMARY KEY (subject_id, digest, resource_id))""",
    "CREATE INDEX tokens_digest_idx ON health_file.tokens (digest, subject_id, resource_id)",
    "CREATE INDEX tokens_resource_idx ON health_file.tokens (subject_id, resource_id)",
    """CREATE TABLE health_file.days (subject_id uuid NOT NULL, resource_id uuid NOT NULL, parameter text NOT NULL,
    first_on date NOT NULL, last_on date NOT NULL,
    CONSTRAINT days_pkey PRIMARY KEY (subject_id, resource_id, parameter, first_on, last_on))""",
    "CREATE INDEX days_parameter_idx ON health_file.days (subject_id, parameter, first_on)",
)


def upgrade() -> None:
    """Create tables and fences; residents search, clinics write."""
    for statement in TABLES:
        op.execute(statement)
    writing = ("select", "insert", "delete")
    for table in ("tokens", "days"):
        for statement in protect_service_table(f"health_file.{table}", staff=writing, worker=writing):
            op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("days", "tokens"):
        op.execute(f"DROP TABLE health_file.{table}")
