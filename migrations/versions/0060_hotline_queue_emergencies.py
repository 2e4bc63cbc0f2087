"""The queue with emergencies before everything else."""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The order in which tickets are claimed, as the index has it."""
    op.execute("DROP INDEX hotline.tickets_received_idx")
    op.execute(
        "CREATE INDEX tickets_received_idx ON hotline.tickets "
        "((urgency = 'emergency') DESC, is_supervised DESC, created_at, id) WHERE state = 'received'"
    )


def downgrade() -> None:
    """Supervised ones before everything else."""
    op.execute("DROP INDEX hotline.tickets_received_idx")
    op.execute(
        "CREATE INDEX tickets_received_idx ON hotline.tickets (is_supervised DESC, created_at, id) "
        "WHERE state = 'received'"
    )
