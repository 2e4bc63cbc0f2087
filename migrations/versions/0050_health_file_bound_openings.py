"""Who begins to treat whom is counted and reviewed; a link says who made it; imports can be forgotten."""

from alembic import op

from services.database.policies import allow, protect_service_table
from services.database.roles import Role

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

# Kept when the encounter is closed: who opens, looks and closes would otherwise leave nothing to count.
OPENINGS = """CREATE TABLE health_file.openings (subject_id uuid NOT NULL, id uuid NOT NULL, unit text NOT NULL,
    account_id uuid, client text, basis_id uuid NOT NULL, kind text NOT NULL, reasons text[] NOT NULL,
    state text NOT NULL, opened_at timestamptz NOT NULL, reviewed_at timestamptz, reviewer_id uuid, verdict text,
    CONSTRAINT openings_pkey PRIMARY KEY (subject_id, id),
    CONSTRAINT openings_state_check CHECK (state IN ('usual', 'unusual', 'reviewed')))"""
INDEXES = (
    "CREATE INDEX openings_account_idx ON health_file.openings (account_id, opened_at)",
    "CREATE INDEX openings_unit_idx ON health_file.openings (unit, opened_at)",
    "CREATE INDEX openings_opened_idx ON health_file.openings (opened_at) WHERE state = 'usual'",
    "CREATE INDEX openings_unusual_idx ON health_file.openings (opened_at) WHERE state = 'unusual'",
    "CREATE INDEX import_names_resource_idx ON health_file.import_names (resource_id)",
    "CREATE INDEX import_entries_subject_idx ON health_file.import_entries (subject_id)",
)
OWN = "subject_id = ANY (string_to_array(current_setting('citizen.subjects', true), ',')::uuid[])"
FORGOTTEN = "health_file.import_names"


def upgrade() -> None:
    """Create the table and its fence, and the columns."""
    op.execute(OPENINGS)
    for statement in INDEXES:
        op.execute(statement)
    op.execute("ALTER TABLE health_file.treating_relations ADD COLUMN rejected_at timestamptz")
    op.execute("ALTER TABLE health_file.shares ADD COLUMN made_by uuid")
    writing = ("select", "insert", "update")
    statements = protect_service_table(
        "health_file.openings", resident=("select", "update"), staff=writing, worker=(*writing, "delete")
    )
    statements += allow("health_file.treating_relations", Role.RESIDENT, OWN, verbs=("update",))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    resident = Role.RESIDENT.value
    op.execute(f"DROP POLICY {resident}_u_update ON health_file.treating_relations")
    op.execute(f"REVOKE UPDATE ON health_file.treating_relations FROM {resident}")
    op.execute("ALTER TABLE health_file.shares DROP COLUMN made_by")
    op.execute("ALTER TABLE health_file.treating_relations DROP COLUMN rejected_at")
    op.execute("DROP INDEX health_file.import_entries_subject_idx")
    op.execute("DROP INDEX health_file.import_names_resource_idx")
    op.execute("DROP TABLE health_file.openings")
