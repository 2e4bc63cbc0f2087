"""Create the tables of e-bills."""

from collections.abc import Sequence

from alembic import op

from services.database.policies import ACCOUNT, SERVICE, SUBJECTS, allow, fence, share
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
    utility text NOT NULL, CONSTRAINT billers_pkey PRIMARY KEY (code),
    CONSTRAINT billers_utility_check CHECK (utility IN ('electricity', 'water', 'gas', 'broadband')))""",
    """CREATE TABLE ebills.accounts (
    subject_id uuid NOT NULL, id uuid NOT NULL, biller text NOT NULL, account_number_sealed bytea NOT NULL,
    service_address_sealed bytea NOT NULL, claimed_at timestamptz, created_at timestamptz NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (subject_id, id))""",
    """CREATE TABLE ebills.bills (
    subject_id uuid NOT NULL, id uuid NOT NULL, account_id uuid NOT NULL, import_id uuid NOT NULL,
    biller text NOT NULL, number text NOT NULL, period_from date NOT NULL, period_to date NOT NULL,
    issued_on date NOT NULL, due_on date NOT NULL, usage integer NOT NULL, unit text NOT NULL,
    line_titles text[] NOT NULL, line_amounts bigint[] NOT NULL, amount_minor bigint NOT NULL,
    currency text NOT NULL, state text NOT NULL, paid_minor bigint NOT NULL, paid_on date,
    account_number_sealed bytea NOT NULL, service_address_sealed bytea NOT NULL, version integer NOT NULL,
    CONSTRAINT bills_pkey PRIMARY KEY (subject_id, id),
    CONSTRAINT bills_sum_check CHECK (amount_minor = ebills.total(line_amounts) AND amount_minor > 0),
    CONSTRAINT bills_lines_check CHECK (cardinality(line_titles) = cardinality(line_amounts)),
    CONSTRAINT bills_currency_check CHECK (currency = 'CNY'),
    CONSTRAINT bills_dates_check CHECK (period_from <= period_to AND issued_on <= due_on),
    CONSTRAINT bills_state_check CHECK (CASE state
        WHEN 'issued' THEN paid_minor = 0
        WHEN 'part_paid' THEN paid_minor > 0 AND paid_minor < amount_minor
        WHEN 'paid' THEN paid_minor = amount_minor
        ELSE false END),
    CONSTRAINT bills_paid_on_check CHECK ((paid_minor > 0) = (paid_on IS NOT NULL)))""",
    "CREATE INDEX bills_list_idx ON ebills.bills (subject_id, issued_on DESC, id DESC)",
    """CREATE TABLE ebills.claim_failures (
    subject_id uuid NOT NULL, failures integer NOT NULL, window_started_at timestamptz NOT NULL,
    CONSTRAINT claim_failures_pkey PRIMARY KEY (subject_id))""",
    """CREATE TABLE ebills.account_numbers (
    digest bytea NOT NULL, subject_id uuid NOT NULL, account_id uuid NOT NULL, proof_digest bytea NOT NULL,
    proof_issued_on date NOT NULL, claimed_at timestamptz,
    CONSTRAINT account_numbers_pkey PRIMARY KEY (digest))""",
    """CREATE TABLE ebills.bill_numbers (
    digest bytea NOT NULL, bill_id uuid NOT NULL, content_digest bytea NOT NULL,
    CONSTRAINT bill_numbers_pkey PRIMARY KEY (digest))""",
    """CREATE TABLE ebills.imports (
    id uuid NOT NULL, biller text NOT NULL, file_digest bytea NOT NULL, bill_count integer NOT NULL,
    new_count integer NOT NULL, paid_count integer NOT NULL, total_minor bigint NOT NULL,
    imported_at timestamptz NOT NULL, CONSTRAINT imports_pkey PRIMARY KEY (id))""",
    "CREATE UNIQUE INDEX imports_file_idx ON ebills.imports (biller, file_digest)",
    "CREATE INDEX imports_list_idx ON ebills.imports (biller, imported_at DESC, id DESC)",
)
OWN = f"subject_id = ANY ({SUBJECTS})"
# A claim takes rows away from the account's former subject, which it has reached, and never from the claimer.
FORMER = f"{OWN} AND subject_id <> {ACCOUNT}"
OURS = f"{SERVICE} = 'ebills'"
PAYMENT = ("state", "paid_minor", "paid_on", "version")
PROOF = ("proof_digest", "proof_issued_on")
FENCED = ("accounts", "bills", "claim_failures", "account_numbers", "bill_numbers", "imports")


def upgrade() -> None:
    """Create tables and fences."""
    for statement in TABLES:
        op.execute(statement)
    statements = share("ebills.billers")
    statements += share("ebills.billers", verbs=("insert",), roles=(Role.WORKER,))
    for table in FENCED:
        statements += fence(f"ebills.{table}")
    for statement in (*statements, *_residents(), *_staff_and_worker()):
        op.execute(statement)


def _residents() -> list[str]:
    """Residents read their own rows, and claim an account: only an unclaimed one, and only for themselves."""
    statements = []
    for table in ("ebills.accounts", "ebills.bills"):
        statements += allow(table, Role.RESIDENT, OWN, verbs=("select", "insert"))
        statements += allow(table, Role.RESIDENT, FORMER, verbs=("delete",))
    statements += allow("ebills.claim_failures", Role.RESIDENT, OWN, verbs=("select", "insert", "update"))
    statements += allow("ebills.account_numbers", Role.RESIDENT, "true", verbs=("select",))
    claim = ("subject_id", "claimed_at")
    statements += _change("account_numbers", Role.RESIDENT, claim, "claimed_at IS NULL", OWN)
    return statements


def _staff_and_worker() -> list[str]:
    """Billers import and note payments; nobody changes what a bill says. The worker also shreds."""
    statements = []
    for role, condition in ((Role.STAFF, OURS), (Role.WORKER, "true")):
        for table in ("accounts", "bills", "account_numbers", "bill_numbers", "imports"):
            statements += allow(f"ebills.{table}", role, condition, verbs=("select", "insert"))
        statements += _change("bills", role, PAYMENT, condition)
        statements += _change("account_numbers", role, PROOF, condition)
        statements += _change("imports", role, ("new_count", "paid_count"), condition)
    everything = ("select", "insert", "update", "delete")
    statements += allow("ebills.claim_failures", Role.WORKER, "true", verbs=everything)
    statements += ["GRANT UPDATE (subject_id, claimed_at) ON ebills.account_numbers TO citizen_worker"]
    for table in ("accounts", "bills", "account_numbers", "bill_numbers"):
        statements += allow(f"ebills.{table}", Role.WORKER, "true", verbs=("delete",))
    return statements


def _change(
    table: str, role: Role, columns: Sequence[str], before: str, after: str | None = None
) -> list[str]:
    """Let a role update these columns and no others."""
    policy = f"CREATE POLICY {role.value}_change ON ebills.{table} FOR UPDATE TO {role.value}"
    return [
        f"GRANT UPDATE ({', '.join(columns)}) ON ebills.{table} TO {role.value}",
        f"{policy} USING ({before}) WITH CHECK ({after or before})",
    ]


def downgrade() -> None:
    """Drop the tables."""
    for table in (*reversed(FENCED), "billers"):
        op.execute(f"DROP TABLE ebills.{table}")
    op.execute("DROP FUNCTION ebills.total(bigint[])")
