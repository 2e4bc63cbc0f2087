"""The queue in the order in which it is claimed, so that claiming the next reads one row however many wait."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.execute(
        "CREATE INDEX tickets_waiting_idx ON hotline.tickets (is_supervised DESC, created_at, id) "
        "WHERE state IN ('received', 'triage')"
    )


def downgrade() -> None:
    """Drop the index."""
    op.execute("DROP INDEX hotline.tickets_waiting_idx")
