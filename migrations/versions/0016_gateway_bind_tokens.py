"""Pushed authorization requests, spent proofs of possession, and tokens bound to a key."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = (
    """
    ALTER TABLE gateway.clients
        ADD COLUMN require_pushed_authorization_requests boolean NOT NULL DEFAULT false,
        ADD COLUMN dpop_bound_access_tokens boolean NOT NULL DEFAULT false
    """,
    "ALTER TABLE gateway.authorization_codes ADD COLUMN dpop_jkt text",
    "ALTER TABLE gateway.refresh_tokens ADD COLUMN dpop_jkt text",
    """
    CREATE TABLE gateway.pushed_requests (
        digest bytea NOT NULL, expires_on date NOT NULL, client_id text NOT NULL,
        parameters_sealed bytea NOT NULL, expires_at timestamptz NOT NULL, opened_at timestamptz,
        consumed_at timestamptz,
        CONSTRAINT pushed_requests_pkey PRIMARY KEY (digest, expires_on)) PARTITION BY RANGE (expires_on)
    """,
    """
    CREATE TABLE gateway.spent_proofs (
        digest bytea NOT NULL, expires_on date NOT NULL,
        CONSTRAINT spent_proofs_pkey PRIMARY KEY (digest, expires_on)) PARTITION BY RANGE (expires_on)
    """,
)


def upgrade() -> None:
    """Add columns and tables."""
    for statement in TABLES:
        op.execute(statement)
    statements = share("gateway.pushed_requests", verbs=("select", "insert", "update"), roles=(Role.GATEWAY,))
    # A resource spends a proof before it knows who asks, in a transaction of the residents' role.
    statements += share(
        "gateway.spent_proofs", verbs=("select", "insert"), roles=(Role.GATEWAY, Role.RESIDENT)
    )
    for statement in statements:
        op.execute(statement)
    op.execute("SELECT gateway.keep_partitions(current_date - 2, current_date + 60)")


def downgrade() -> None:
    """Drop what was added."""
    op.execute("DROP TABLE gateway.spent_proofs")
    op.execute("DROP TABLE gateway.pushed_requests")
    op.execute("ALTER TABLE gateway.refresh_tokens DROP COLUMN dpop_jkt")
    op.execute("ALTER TABLE gateway.authorization_codes DROP COLUMN dpop_jkt")
    op.execute(
        "ALTER TABLE gateway.clients DROP COLUMN require_pushed_authorization_requests,"
        " DROP COLUMN dpop_bound_access_tokens"
    )
