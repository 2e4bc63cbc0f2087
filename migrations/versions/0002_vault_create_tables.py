"""Create the vault's tables."""

from alembic import op

from services.database.policies import allow, fence, share
from services.database.roles import Role

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWNERS = "subject_id = ANY (string_to_array(current_setting('citizen.owners', true), ',')::uuid[])"


def upgrade() -> None:
    """Create tables and fences."""
    op.execute(
        "CREATE TABLE vault.data_keys (subject_id uuid NOT NULL, owner_kind text NOT NULL, "
        "wrapped bytea NOT NULL, created_at timestamptz NOT NULL, "
        "CONSTRAINT data_keys_pkey PRIMARY KEY (subject_id))"
    )
    op.execute(
        "CREATE TABLE vault.tombstones (subject_id uuid NOT NULL, shredded_at timestamptz NOT NULL, "
        "CONSTRAINT tombstones_pkey PRIMARY KEY (subject_id))"
    )
    op.execute(
        "CREATE TABLE vault.signing_keys (kid text NOT NULL, use text NOT NULL, algorithm text NOT NULL, "
        "state text NOT NULL, public_jwk jsonb NOT NULL, private_sealed bytea NOT NULL, "
        "created_at timestamptz NOT NULL, retired_at timestamptz, "
        "CONSTRAINT signing_keys_pkey PRIMARY KEY (kid))"
    )
    # One active and one next key per use, whatever the races.
    op.execute(
        "CREATE UNIQUE INDEX signing_keys_use_state_key ON vault.signing_keys (use, state) "
        "WHERE state IN ('active', 'next')"
    )
    statements = fence("vault.data_keys") + fence("vault.tombstones")
    statements += allow("vault.data_keys", Role.RESIDENT, OWNERS, verbs=("select", "insert"))
    for role in (Role.STAFF, Role.GATEWAY):
        statements += allow("vault.data_keys", role, "true", verbs=("select", "insert"))
    statements += allow("vault.data_keys", Role.WORKER, "true")
    statements += allow("vault.tombstones", Role.WORKER, "true", verbs=("select", "insert"))
    public = "kid, use, algorithm, state, public_jwk, created_at, retired_at"
    statements += [
        f"GRANT SELECT ({public}) ON vault.signing_keys TO {role.value}"
        for role in (Role.RESIDENT, Role.STAFF, Role.VERIFIER)
    ]
    for role in (Role.GATEWAY, Role.SEQUENCER):
        statements += share("vault.signing_keys", roles=(role,))
    statements += share("vault.signing_keys", verbs=("select", "insert", "update"), roles=(Role.WORKER,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("signing_keys", "tombstones", "data_keys"):
        op.execute(f"DROP TABLE vault.{table}")
