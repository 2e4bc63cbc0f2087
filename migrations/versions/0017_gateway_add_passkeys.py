"""Add passkeys, recovery codes, and the methods that a session and a grant rest on."""

from alembic import op

from services.database.policies import protect_account_table, share
from services.database.roles import Role

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE gateway.passkeys (
    subject_id uuid NOT NULL, id uuid NOT NULL, credential_id bytea NOT NULL, public_key bytea NOT NULL,
    sign_count bigint NOT NULL, is_user_verified boolean NOT NULL, is_backup_eligible boolean NOT NULL,
    is_backed_up boolean NOT NULL, transports text[] NOT NULL, name_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL, used_at timestamptz,
    CONSTRAINT passkeys_pkey PRIMARY KEY (subject_id, id))""",
    """CREATE TABLE gateway.passkey_owners (
    digest bytea NOT NULL, subject_id uuid NOT NULL, passkey_id uuid NOT NULL,
    CONSTRAINT passkey_owners_pkey PRIMARY KEY (digest))""",
    """CREATE TABLE gateway.recovery_codes (
    subject_id uuid NOT NULL, id uuid NOT NULL, digest bytea NOT NULL, created_at timestamptz NOT NULL,
    consumed_at timestamptz,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (subject_id, id))""",
)


def upgrade() -> None:
    """Expand only: the release before this one runs on the new schema."""
    for table in ("sessions", "grants"):
        op.execute(f"ALTER TABLE gateway.{table} ADD COLUMN amr text[] NOT NULL DEFAULT '{{}}'")
    for statement in TABLES:
        op.execute(statement)
    statements: list[str] = []
    for table in ("passkeys", "recovery_codes"):
        statements += protect_account_table(f"gateway.{table}", worker=())
    statements += share("gateway.passkey_owners", verbs=("select", "insert", "delete"), roles=(Role.GATEWAY,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for table in ("recovery_codes", "passkey_owners", "passkeys"):
        op.execute(f"DROP TABLE gateway.{table}")
    for table in ("sessions", "grants"):
        op.execute(f"ALTER TABLE gateway.{table} DROP COLUMN amr")
