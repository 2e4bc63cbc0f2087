"""Tickets about one matter go on as one."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

STATES_BEFORE = (
    "'received','triage','answered','declined','transferred','dispatched','objection','adjudication','signed',"
    "'working','waiting_resident','resolved','reopened','closed'"
)


def upgrade() -> None:
    """Add the state and the links."""
    _states(f"{STATES_BEFORE},'merged'")
    op.execute(
        """CREATE TABLE hotline.merge_links (
        ticket_id uuid NOT NULL, survivor_id uuid NOT NULL, survivor_subject_id uuid NOT NULL,
        merged_at timestamptz NOT NULL, CONSTRAINT merge_links_pkey PRIMARY KEY (ticket_id))"""
    )
    op.execute("CREATE INDEX merge_links_survivor_idx ON hotline.merge_links (survivor_id)")
    statements = share("hotline.merge_links", verbs=("select",), roles=(Role.RESIDENT,))
    writing = ("select", "insert", "delete")
    statements += share("hotline.merge_links", verbs=writing, roles=(Role.STAFF, Role.WORKER))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the links and the state."""
    op.execute("DROP TABLE hotline.merge_links")
    _states(STATES_BEFORE)


def _states(states: str) -> None:
    op.execute("ALTER TABLE hotline.tickets DROP CONSTRAINT tickets_state_check")
    op.execute(f"ALTER TABLE hotline.tickets ADD CONSTRAINT tickets_state_check CHECK (state IN ({states}))")
