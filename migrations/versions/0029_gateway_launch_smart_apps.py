"""SMART launches, the file that a grant of staff is tied to, and where clients are opened."""

from alembic import op

from services.database.policies import allow, share
from services.database.roles import Role

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE gateway.launches (
        digest bytea NOT NULL, expires_on date NOT NULL, client_id text NOT NULL, account_id uuid NOT NULL,
        patient_id uuid NOT NULL, expires_at timestamptz NOT NULL, consumed_at timestamptz,
        CONSTRAINT launches_pkey PRIMARY KEY (digest, expires_on)) PARTITION BY RANGE (expires_on)
    """,
    "ALTER TABLE gateway.grants ADD COLUMN patient_id uuid",
    "ALTER TABLE gateway.clients ADD COLUMN initiate_login_uri text",
)


def upgrade() -> None:
    """Add table and columns; the gateway looks up the id of a Patient, and the health file's desk opens launches."""
    for statement in TABLES:
        op.execute(statement)
    statements = share("gateway.launches", verbs=("select", "update"), roles=(Role.GATEWAY,))
    statements += share("gateway.launches", verbs=("insert",), roles=(Role.GATEWAY, Role.STAFF))
    statements += allow("health_file.patients", Role.GATEWAY, "true", verbs=("select",))
    for statement in statements:
        op.execute(statement)
    op.execute("SELECT gateway.keep_partitions(current_date - 2, current_date + 60)")


def downgrade() -> None:
    """Drop what was added."""
    op.execute(f"DROP POLICY {Role.GATEWAY.value}_s_select ON health_file.patients")
    op.execute(f"REVOKE SELECT ON health_file.patients FROM {Role.GATEWAY.value}")
    op.execute("ALTER TABLE gateway.clients DROP COLUMN initiate_login_uri")
    op.execute("ALTER TABLE gateway.grants DROP COLUMN patient_id")
    op.execute("DROP TABLE gateway.launches")
