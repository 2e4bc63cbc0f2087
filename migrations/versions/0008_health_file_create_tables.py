"""Create the tables of the health file."""

from alembic import op

from services.database.policies import protect_service_table, share
from services.database.roles import Role

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE health_file.resources (
    subject_id uuid NOT NULL, id uuid NOT NULL, version integer NOT NULL, type text NOT NULL,
    author text NOT NULL, is_current boolean NOT NULL, body_sealed bytea NOT NULL,
    recorded_at timestamptz NOT NULL, CONSTRAINT resources_pkey PRIMARY KEY (subject_id, id, version))""",
    """CREATE INDEX resources_list_idx ON health_file.resources
    (subject_id, type, recorded_at DESC, id DESC) WHERE is_current""",
    """CREATE TABLE health_file.resource_ids (id uuid NOT NULL, subject_id uuid NOT NULL, type text NOT NULL,
    CONSTRAINT resource_ids_pkey PRIMARY KEY (id))""",
    """CREATE TABLE health_file.patients (subject_id uuid NOT NULL, resource_id uuid NOT NULL,
    CONSTRAINT patients_pkey PRIMARY KEY (subject_id))""",
)


def upgrade() -> None:
    """Create tables and fences; residents read, clinics write."""
    for statement in TABLES:
        op.execute(statement)
    writing = ("select", "insert", "update")
    statements = protect_service_table("health_file.resources", staff=writing)
    statements += protect_service_table(
        "health_file.patients", staff=("select", "insert"), worker=("select", "insert")
    )
    statements += share(
        "health_file.resource_ids", verbs=("select", "insert"), roles=(Role.STAFF, Role.WORKER)
    )
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("patients", "resource_ids", "resources"):
        op.execute(f"DROP TABLE health_file.{table}")
