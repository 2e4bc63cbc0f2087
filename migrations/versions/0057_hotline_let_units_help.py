"""Units that help the one that answers for a ticket; they see it, and see it move."""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; they keep their defaults for code that does not know them."""
    for table in ("tickets", "queue_changes"):
        op.execute(f"ALTER TABLE hotline.{table} ADD COLUMN co_units text[] NOT NULL DEFAULT '{{}}'")


def downgrade() -> None:
    """Drop the columns; histories keep what was said."""
    for table in ("queue_changes", "tickets"):
        op.execute(f"ALTER TABLE hotline.{table} DROP COLUMN co_units")
