"""How clients prove themselves: keys at an address, certificates; and how they register by themselves."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = (
    "jwks_uri text",
    "tls_client_auth_subject_dn text",
    "tls_client_auth_san_dns text",
    "tls_client_auth_san_uri text",
    "tls_client_auth_san_ip text",
    "tls_client_auth_san_email text",
    "tls_client_certificate_bound_access_tokens boolean NOT NULL DEFAULT false",
    "registration_digest bytea",
    "registered_with uuid",
)
TABLES = (
    """
    CREATE TABLE gateway.client_keys (
        client_id text NOT NULL, jwks_uri text NOT NULL, jwks jsonb, asked_at timestamptz NOT NULL,
        answered_at timestamptz, fetched_at timestamptz,
        CONSTRAINT client_keys_pkey PRIMARY KEY (client_id))
    """,
    """
    CREATE TABLE gateway.initial_access_tokens (
        id uuid NOT NULL, digest bytea NOT NULL, purpose text NOT NULL, uses_left integer NOT NULL,
        created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, revoked_at timestamptz,
        CONSTRAINT initial_access_tokens_pkey PRIMARY KEY (id),
        CONSTRAINT initial_access_tokens_digest_key UNIQUE (digest),
        CONSTRAINT initial_access_tokens_uses_check CHECK (uses_left >= 0))
    """,
)


def upgrade() -> None:
    """Add columns and tables; both tables are the gateway's alone."""
    for column in COLUMNS:
        op.execute(f"ALTER TABLE gateway.clients ADD COLUMN {column}")
    for statement in TABLES:
        op.execute(statement)
    for table in ("client_keys", "initial_access_tokens"):
        verbs = ("select", "insert", "update")
        for statement in share(f"gateway.{table}", verbs=verbs, roles=(Role.GATEWAY,)):
            op.execute(statement)


def downgrade() -> None:
    """Drop what was added."""
    op.execute("DROP TABLE gateway.initial_access_tokens")
    op.execute("DROP TABLE gateway.client_keys")
    for column in COLUMNS:
        op.execute(f"ALTER TABLE gateway.clients DROP COLUMN {column.split()[0]}")
