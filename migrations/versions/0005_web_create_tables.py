"""Create the table of idempotent answers."""

from alembic import op

from services.database.policies import allow, fence
from services.database.roles import Role

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CALLER = "caller = current_setting('citizen.caller', true)"


def upgrade() -> None:
    """Create the table; each caller sees its own records alone."""
    op.execute(
        "CREATE TABLE web.idempotency_records (caller text NOT NULL, key_digest bytea NOT NULL, "
        "request_digest bytea NOT NULL, status integer, headers jsonb, body_sealed bytea, "
        "expires_at timestamptz NOT NULL, "
        "CONSTRAINT idempotency_records_pkey PRIMARY KEY (caller, key_digest))"
    )
    op.execute("CREATE INDEX idempotency_records_expires_idx ON web.idempotency_records (expires_at)")
    statements = fence("web.idempotency_records")
    for role in (Role.RESIDENT, Role.STAFF, Role.GATEWAY):
        statements += allow(
            "web.idempotency_records", role, CALLER, verbs=("select", "insert", "update", "delete")
        )
    statements += allow("web.idempotency_records", Role.WORKER, "true", verbs=("select", "delete"))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE web.idempotency_records")
