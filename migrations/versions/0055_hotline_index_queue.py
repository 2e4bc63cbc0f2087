"""The queue without those who are being seen to: claiming the next one passes over no ticket that somebody holds.

And the tickets of a department, newest first; those that still stand at the desk are no part of it, so filing one
costs nothing more.
"""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index of what waits, one of the leases that may lapse, one of each department's tickets."""
    op.execute(
        "CREATE INDEX tickets_received_idx ON hotline.tickets (is_supervised DESC, created_at, id) "
        "WHERE state = 'received'"
    )
    op.execute("CREATE INDEX tickets_lapsing_idx ON hotline.tickets (claimed_until) WHERE state = 'triage'")
    op.execute(
        "CREATE INDEX tickets_unit_idx ON hotline.tickets (unit, created_at, id) WHERE unit <> 'HOTLINE'"
    )
    op.execute("DROP INDEX hotline.tickets_waiting_idx")


def downgrade() -> None:
    """The one index of both."""
    op.execute(
        "CREATE INDEX tickets_waiting_idx ON hotline.tickets (is_supervised DESC, created_at, id) "
        "WHERE state IN ('received', 'triage')"
    )
    for index in ("tickets_unit_idx", "tickets_lapsing_idx", "tickets_received_idx"):
        op.execute(f"DROP INDEX hotline.{index}")
