"""Who may read a file beside its resident: labels, treating relations, the rules of consents, emergencies."""

from alembic import op

from services.database.policies import SUBJECTS, allow, protect_service_table, share
from services.database.roles import Role

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = (
    "ALTER TABLE health_file.resources ADD COLUMN labels bytea[] NOT NULL DEFAULT '{}', ADD COLUMN dated_on date",
    """CREATE TABLE health_file.treating_relations (
    subject_id uuid NOT NULL, unit text NOT NULL, basis_id uuid NOT NULL, kind text NOT NULL,
    starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    CONSTRAINT treating_relations_pkey PRIMARY KEY (subject_id, unit, basis_id))""",
    "CREATE INDEX treating_relations_unit_idx ON health_file.treating_relations (unit, subject_id)",
    """CREATE TABLE health_file.consent_rules (
    subject_id uuid NOT NULL, consent_id uuid NOT NULL, number integer NOT NULL, within integer,
    is_denial boolean NOT NULL, units text[], persons uuid[], purposes text[], types text[], levels bytea[],
    labels bytea[], instances uuid[], starts_at timestamptz, ends_at timestamptz, data_from date, data_until date,
    CONSTRAINT consent_rules_pkey PRIMARY KEY (subject_id, consent_id, number))""",
    """CREATE TABLE health_file.emergencies (
    subject_id uuid NOT NULL, id uuid NOT NULL, account_id uuid NOT NULL, unit text NOT NULL, client text,
    reason text NOT NULL, words_sealed bytea NOT NULL, state text NOT NULL, is_confirmed boolean NOT NULL,
    opened_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, closed_at timestamptz,
    reviewed_at timestamptz, reviewer_id uuid, verdict text,
    CONSTRAINT emergencies_pkey PRIMARY KEY (subject_id, id))""",
    """CREATE TABLE health_file.readers (account_id uuid NOT NULL, name_sealed bytea NOT NULL,
    CONSTRAINT readers_pkey PRIMARY KEY (account_id))""",
    "CREATE INDEX emergencies_state_idx ON health_file.emergencies (state, opened_at)",
)
# Residents write one thing into their file themselves: their Consents, and by what these are found.
OWN_CONSENT = f"subject_id = ANY ({SUBJECTS}) AND type = 'Consent' AND author = 'resident'"
OWN = f"subject_id = ANY ({SUBJECTS})"


def upgrade() -> None:
    """Add columns and tables; residents may write Consents, clinics may not touch the rules that come of them."""
    for statement in TABLES:
        op.execute(statement)
    writing = ("select", "insert", "update")
    statements = protect_service_table(
        "health_file.treating_relations", staff=(*writing, "delete"), worker=(*writing, "delete")
    )
    rules = ("select", "insert", "delete")
    statements += protect_service_table("health_file.consent_rules", resident=rules, worker=rules)
    statements += protect_service_table("health_file.emergencies", staff=writing)
    statements += allow("health_file.resources", Role.RESIDENT, OWN_CONSENT, verbs=("insert", "update"))
    for table in ("tokens", "days"):
        statements += allow(f"health_file.{table}", Role.RESIDENT, OWN, verbs=("insert", "delete"))
    statements += share("health_file.readers", roles=(Role.RESIDENT, Role.STAFF, Role.WORKER))
    statements += share("health_file.readers", verbs=("insert",), roles=(Role.STAFF,))
    statements += share("health_file.resource_ids", verbs=("insert",), roles=(Role.RESIDENT,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    resident = Role.RESIDENT.value
    op.execute(f"REVOKE INSERT ON health_file.resource_ids FROM {resident}")
    for table, verbs in (
        ("resources", ("insert", "update")),
        ("tokens", ("insert", "delete")),
        ("days", ("insert", "delete")),
    ):
        name = f"{resident}_{'_'.join(verb[0] for verb in verbs)}"
        for verb in verbs:
            op.execute(f"DROP POLICY {name}_{verb} ON health_file.{table}")
        op.execute(f"REVOKE {', '.join(verbs)} ON health_file.{table} FROM {resident}")
    for table in ("readers", "emergencies", "consent_rules", "treating_relations"):
        op.execute(f"DROP TABLE health_file.{table}")
    op.execute("ALTER TABLE health_file.resources DROP COLUMN labels, DROP COLUMN dated_on")
