"""The queue in the order in which it is claimed, emergencies first."""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

WAITING = "WHERE state IN ('received', 'triage')"


def upgrade() -> None:
    """Create the index anew."""
    op.execute("DROP INDEX hotline.tickets_waiting_idx")
    op.execute(
        "CREATE INDEX tickets_waiting_idx ON hotline.tickets "
        f"((urgency = 'emergency') DESC, is_supervised DESC, created_at, id) {WAITING}"
    )


def downgrade() -> None:
    """Create it as it was."""
    op.execute("DROP INDEX hotline.tickets_waiting_idx")
    op.execute(
        f"CREATE INDEX tickets_waiting_idx ON hotline.tickets (is_supervised DESC, created_at, id) {WAITING}"
    )
