"""Create the hotline's tables."""

from alembic import op

from services.database.policies import protect_service_table, share
from services.database.roles import Role

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = (
    "'received','triage','answered','declined','dispatched','signed','working','waiting_resident','resolved',"
    "'reopened','closed'"
)


def upgrade() -> None:
    """Create tables, the running number and the fences."""
    op.execute("CREATE SEQUENCE hotline.ticket_numbers")
    op.execute(
        f"""CREATE TABLE hotline.tickets (
        id uuid NOT NULL, number text NOT NULL, subject_id uuid NOT NULL, category text NOT NULL,
        district text NOT NULL, channel text NOT NULL, state text NOT NULL, unit text NOT NULL,
        text_sealed bytea NOT NULL, place_sealed bytea NOT NULL, public_text text, version integer NOT NULL,
        claimed_by uuid, claimed_until timestamptz, created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT tickets_pkey PRIMARY KEY (id), CONSTRAINT tickets_number_key UNIQUE (number),
        CONSTRAINT tickets_state_check CHECK (state IN ({STATES})),
        CONSTRAINT tickets_claim_check CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)))"""
    )
    op.execute("CREATE INDEX tickets_state_idx ON hotline.tickets (state, created_at, id)")
    op.execute("CREATE INDEX tickets_subject_idx ON hotline.tickets (subject_id, created_at, id)")
    op.execute(
        """CREATE TABLE hotline.ticket_events (
        ticket_id uuid NOT NULL, sequence integer NOT NULL, subject_id uuid NOT NULL, at timestamptz NOT NULL,
        action text NOT NULL, from_state text, to_state text NOT NULL, actor text NOT NULL, note_sealed bytea,
        CONSTRAINT ticket_events_pkey PRIMARY KEY (ticket_id, sequence))"""
    )
    op.execute(
        "CREATE TABLE hotline.tracking_codes (digest bytea NOT NULL, ticket_id uuid NOT NULL, "
        "subject_id uuid NOT NULL, CONSTRAINT tracking_codes_pkey PRIMARY KEY (digest))"
    )
    changing = ("select", "insert", "update")
    statements = protect_service_table("hotline.tickets", resident=changing, staff=changing)
    # The history is append-only for everybody.
    statements += protect_service_table(
        "hotline.ticket_events",
        resident=("select", "insert"),
        staff=("select", "insert"),
        worker=("select", "insert"),
    )
    users = (Role.RESIDENT, Role.STAFF, Role.WORKER)
    statements += share("hotline.tracking_codes", verbs=("select", "insert"), roles=users)
    statements += [f"GRANT USAGE ON SEQUENCE hotline.ticket_numbers TO {role.value}" for role in users]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("tracking_codes", "ticket_events", "tickets"):
        op.execute(f"DROP TABLE hotline.{table}")
    op.execute("DROP SEQUENCE hotline.ticket_numbers")
