"""What everybody may read of tickets, keys of programs that bring them, and what reporters add."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

USERS = (Role.RESIDENT, Role.STAFF, Role.WORKER)
UPGRADE = (
    """
    ALTER TABLE hotline.tickets
        ADD COLUMN is_confidential boolean NOT NULL DEFAULT false,
        ADD COLUMN is_anonymous boolean NOT NULL DEFAULT false,
        ADD COLUMN attributes_sealed bytea, ADD COLUMN contact_sealed bytea, ADD COLUMN point_sealed bytea,
        ADD COLUMN same_as uuid
    """,
    """
    CREATE TABLE hotline.public_requests (
        number text NOT NULL, category text NOT NULL, district text NOT NULL, state text NOT NULL,
        unit text NOT NULL, requested_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
        expected_at timestamptz, text text, place text, latitude double precision, longitude double precision,
        CONSTRAINT public_requests_pkey PRIMARY KEY (number))
    """,
    "CREATE INDEX public_requests_requested_idx ON hotline.public_requests (requested_at DESC, number DESC)",
    """
    CREATE INDEX public_requests_category_idx
        ON hotline.public_requests (category, requested_at DESC, number DESC)
    """,
    """
    CREATE TABLE hotline.channel_keys (
        id uuid NOT NULL, channel text NOT NULL, title text NOT NULL, digest bytea NOT NULL, secret text,
        account_id uuid, created_at timestamptz NOT NULL, revoked_at timestamptz,
        CONSTRAINT channel_keys_pkey PRIMARY KEY (id), CONSTRAINT channel_keys_digest_key UNIQUE (digest))
    """,
    """
    CREATE TABLE hotline.open311_tokens (
        digest bytea NOT NULL, number text NOT NULL, created_at timestamptz NOT NULL,
        CONSTRAINT open311_tokens_pkey PRIMARY KEY (digest))
    """,
    """
    CREATE TABLE hotline.recent_texts (
        digest bytea NOT NULL, ticket_id uuid NOT NULL, at timestamptz NOT NULL,
        CONSTRAINT recent_texts_pkey PRIMARY KEY (digest, ticket_id))
    """,
    "CREATE INDEX recent_texts_at_idx ON hotline.recent_texts (at)",
)
FILL = """
    INSERT INTO hotline.public_requests
    SELECT number, category, district, state, unit, created_at, changed_at, (
        SELECT min(clock.due_at) FROM hotline.ticket_clocks clock
        WHERE clock.ticket_id = tickets.id AND clock.kind = 'resolve' AND clock.stopped_at IS NULL)
    FROM hotline.tickets
"""
UNFENCED = ("hotline.tickets", "hotline.ticket_clocks")


def upgrade() -> None:
    """Add columns and tables; what is public of the tickets that are there is filled in."""
    for statement in UPGRADE:
        op.execute(statement)
    # The owner too sees nothing through a forced fence; it is put up again before the commit.
    for table in UNFENCED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(FILL)
    for table in UNFENCED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    grants = share("hotline.public_requests", verbs=("select", "insert", "update"), roles=USERS)
    grants += share("hotline.channel_keys", verbs=("select",), roles=USERS)
    grants += share("hotline.channel_keys", verbs=("insert", "update"), roles=(Role.WORKER,))
    grants += share("hotline.open311_tokens", verbs=("select", "insert"), roles=USERS)
    grants += share("hotline.recent_texts", verbs=("select", "insert"), roles=USERS)
    grants += share("hotline.recent_texts", verbs=("delete",), roles=(Role.WORKER,))
    for statement in grants:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was added."""
    for table in ("recent_texts", "open311_tokens", "channel_keys", "public_requests"):
        op.execute(f"DROP TABLE hotline.{table}")
    op.execute(
        "ALTER TABLE hotline.tickets DROP COLUMN is_confidential, DROP COLUMN is_anonymous, "
        "DROP COLUMN attributes_sealed, DROP COLUMN contact_sealed, DROP COLUMN point_sealed, DROP COLUMN same_as"
    )
