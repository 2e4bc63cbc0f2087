"""Telephone calls, signed messages and letters."""

from alembic import op

from services.database.policies import protect_service_table, share
from services.database.roles import Role

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

USERS = (Role.STAFF, Role.WORKER)
UPGRADE = (
    "ALTER TABLE hotline.tickets ADD COLUMN phone_digest bytea",
    "CREATE INDEX tickets_phone_idx ON hotline.tickets (phone_digest, created_at) WHERE phone_digest IS NOT NULL",
    """
    CREATE TABLE hotline.calls (
        id uuid NOT NULL, subject_id uuid NOT NULL, external_digest bytea NOT NULL,
        caller_sealed bytea NOT NULL, caller_digest bytea, seat text, state text NOT NULL,
        started_at timestamptz NOT NULL, answered_at timestamptz, ended_at timestamptz,
        recording_sealed bytea, ticket_id uuid,
        CONSTRAINT calls_pkey PRIMARY KEY (id), CONSTRAINT calls_external_digest_key UNIQUE (external_digest),
        CONSTRAINT calls_state_check CHECK (state IN ('ringing', 'answered', 'ended', 'missed')))
    """,
    "CREATE INDEX calls_caller_idx ON hotline.calls (caller_digest) WHERE caller_digest IS NOT NULL",
    """
    CREATE INDEX calls_live_idx ON hotline.calls (started_at DESC, id DESC)
        WHERE state IN ('ringing', 'answered')
    """,
    """
    CREATE TABLE hotline.webhook_deliveries (
        digest bytea NOT NULL, at timestamptz NOT NULL,
        CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (digest))
    """,
    "CREATE INDEX webhook_deliveries_at_idx ON hotline.webhook_deliveries (at)",
    """
    CREATE TABLE hotline.letters (
        digest bytea NOT NULL, sender_digest bytea NOT NULL, outcome text NOT NULL, reason text,
        ticket_id uuid, at timestamptz NOT NULL, CONSTRAINT letters_pkey PRIMARY KEY (digest))
    """,
    "CREATE INDEX letters_sender_idx ON hotline.letters (sender_digest, at)",
)


def upgrade() -> None:
    """Create the tables and their fences."""
    for statement in UPGRADE:
        op.execute(statement)
    changing = ("select", "insert", "update")
    statements = protect_service_table("hotline.calls", resident=(), staff=changing)
    statements += share("hotline.webhook_deliveries", verbs=("select", "insert"), roles=USERS)
    statements += share("hotline.webhook_deliveries", verbs=("delete",), roles=(Role.WORKER,))
    statements += share("hotline.letters", verbs=changing, roles=USERS)
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was added."""
    for table in ("letters", "webhook_deliveries", "calls"):
        op.execute(f"DROP TABLE hotline.{table}")
    op.execute("ALTER TABLE hotline.tickets DROP COLUMN phone_digest")
