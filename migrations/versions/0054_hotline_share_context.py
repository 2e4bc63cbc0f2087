"""Consents that an operator may hear how a resident stands elsewhere, codes read out on calls, and every look."""

from alembic import op

from services.database.policies import protect_service_table, share
from services.database.roles import Role

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

UPGRADE = (
    """
    CREATE TABLE hotline.context_grants (
        subject_id uuid NOT NULL, id uuid NOT NULL, kind text NOT NULL, ticket_id uuid, call_id uuid, account_id uuid,
        services text[] NOT NULL, granted_at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
        revoked_at timestamptz, CONSTRAINT context_grants_pkey PRIMARY KEY (subject_id, id),
        CONSTRAINT context_grants_kind_check CHECK (CASE kind
            WHEN 'standing' THEN ticket_id IS NULL AND call_id IS NULL AND account_id IS NULL
            WHEN 'ticket' THEN ticket_id IS NOT NULL AND call_id IS NULL AND account_id IS NULL
            WHEN 'call' THEN ticket_id IS NULL AND call_id IS NOT NULL AND account_id IS NOT NULL
            ELSE false END),
        CONSTRAINT context_grants_time_check CHECK (granted_at < expires_at))
    """,
    "CREATE INDEX context_grants_call_idx ON hotline.context_grants (call_id) WHERE call_id IS NOT NULL",
    """
    CREATE TABLE hotline.context_looks (
        subject_id uuid NOT NULL, id uuid NOT NULL, grant_id uuid NOT NULL, ticket_id uuid, account_id uuid NOT NULL,
        at timestamptz NOT NULL, told_sealed bytea NOT NULL,
        CONSTRAINT context_looks_pkey PRIMARY KEY (subject_id, id))
    """,
    """
    CREATE TABLE hotline.context_codes (
        digest bytea NOT NULL, subject_id uuid NOT NULL, services text[] NOT NULL, expires_at timestamptz NOT NULL,
        CONSTRAINT context_codes_pkey PRIMARY KEY (digest))
    """,
    "CREATE INDEX context_codes_subject_idx ON hotline.context_codes (subject_id)",
    """
    CREATE TABLE hotline.code_guesses (
        account_id uuid NOT NULL, guesses integer NOT NULL, since timestamptz NOT NULL,
        CONSTRAINT code_guesses_pkey PRIMARY KEY (account_id))
    """,
)
TABLES = ("code_guesses", "context_codes", "context_looks", "context_grants")


def upgrade() -> None:
    """Create the tables and their fences."""
    for statement in UPGRADE:
        op.execute(statement)
    statements = protect_service_table(
        "hotline.context_grants",
        resident=("select", "insert", "update"),
        staff=("select", "insert"),
        worker=("select", "delete"),
    )
    # Nobody may alter who looked.
    statements += protect_service_table(
        "hotline.context_looks", resident=("select",), staff=("insert",), worker=("select", "delete")
    )
    # A resident's request makes codes and puts away its own former one; only the desk takes one in.
    statements += share(
        "hotline.context_codes",
        verbs=("select", "insert", "delete"),
        roles=(Role.RESIDENT, Role.STAFF, Role.WORKER),
    )
    statements += share("hotline.code_guesses", verbs=("select", "insert", "update"), roles=(Role.STAFF,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was added."""
    for table in TABLES:
        op.execute(f"DROP TABLE hotline.{table}")
