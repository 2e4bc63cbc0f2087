"""Create the tables of e-bills."""

from alembic import op

from services.database.policies import protect_service_table, share
from services.database.roles import Role

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = (
    # A CHECK may hold no sub-select, so the sum of a bill's lines is an immutable function.
    """CREATE FUNCTION ebills.total(amounts bigint[]) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN (SELECT coalesce(sum(amount), 0)::bigint FROM unnest(amounts) amount)""",
    """CREATE TABLE ebills.billers (code text NOT NULL, name text NOT NULL, name_en text NOT NULL,
    utility text NOT NULL, CONSTRAINT billers_pkey PRIMARY KEY (code))""",
    """CREATE TABLE ebills.accounts (
    subject_id uuid NOT NULL, id uuid NOT NULL, biller text NOT NULL, number_sealed bytea NOT NULL,
    address_sealed bytea NOT NULL, linked_at timestamptz, created_at timestamptz NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (subject_id, id))""",
    """CREATE TABLE ebills.bills (
    subject_id uuid NOT NULL, id uuid NOT NULL, account_id uuid NOT NULL, biller text NOT NULL,
    number text NOT NULL, period_from date NOT NULL, period_to date NOT NULL, issued_on date NOT NULL,
    due_on date NOT NULL, usage integer NOT NULL, unit text NOT NULL, line_titles text[] NOT NULL,
    line_amounts bigint[] NOT NULL, amount_minor bigint NOT NULL, currency text NOT NULL, state text NOT NULL,
    paid_on date, account_sealed bytea NOT NULL, address_sealed bytea NOT NULL, version integer NOT NULL,
    CONSTRAINT bills_pkey PRIMARY KEY (subject_id, id),
    CONSTRAINT bills_sum_check CHECK (amount_minor = ebills.total(line_amounts) AND amount_minor >= 0),
    CONSTRAINT bills_state_check CHECK (state IN ('issued', 'paid', 'void')),
    CONSTRAINT bills_paid_check CHECK ((state = 'paid') = (paid_on IS NOT NULL)))""",
    "CREATE INDEX bills_list_idx ON ebills.bills (subject_id, issued_on DESC, id DESC)",
    """CREATE TABLE ebills.account_numbers (digest bytea NOT NULL, subject_id uuid NOT NULL,
    account_id uuid NOT NULL, linked_at timestamptz, CONSTRAINT account_numbers_pkey PRIMARY KEY (digest))""",
    """CREATE TABLE ebills.bill_numbers (digest bytea NOT NULL, subject_id uuid NOT NULL, bill_id uuid NOT NULL,
    CONSTRAINT bill_numbers_pkey PRIMARY KEY (digest))""",
    """CREATE TABLE ebills.imports (
    id uuid NOT NULL, biller text NOT NULL, file_digest bytea NOT NULL, bill_count integer NOT NULL,
    new_count integer NOT NULL, total_minor bigint NOT NULL, imported_at timestamptz NOT NULL,
    CONSTRAINT imports_pkey PRIMARY KEY (id))""",
    "CREATE INDEX imports_biller_idx ON ebills.imports (biller, imported_at)",
)


def upgrade() -> None:
    """Create tables and fences."""
    for statement in TABLES:
        op.execute(statement)
    changing = ("select", "insert", "update")
    everything = ("select", "insert", "update", "delete")
    users = (Role.RESIDENT, Role.STAFF, Role.WORKER)
    statements = share("ebills.billers")
    statements += share("ebills.billers", verbs=("insert", "update"), roles=(Role.WORKER,))
    # A resident who links an account takes its earlier bills over, re-sealed under the own key.
    for table in ("ebills.accounts", "ebills.bills"):
        statements += protect_service_table(
            table, resident=("select", "insert", "delete"), staff=changing, worker=everything
        )
    statements += share("ebills.account_numbers", verbs=changing, roles=users)
    statements += share("ebills.bill_numbers", verbs=changing, roles=users)
    statements += share("ebills.imports", verbs=("select", "insert"), roles=(Role.STAFF, Role.WORKER))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("imports", "bill_numbers", "account_numbers", "bills", "accounts", "billers"):
        op.execute(f"DROP TABLE ebills.{table}")
    op.execute("DROP FUNCTION ebills.total(bigint[])")
