"""The history of a type or of all: versions in the order in which they were recorded."""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index: who sees much finds its newest page at once."""
    op.execute(
        "CREATE INDEX resources_recorded_idx ON health_file.resources (recorded_at DESC, id DESC, version DESC)"
    )


def downgrade() -> None:
    """Take it back."""
    op.execute("DROP INDEX health_file.resources_recorded_idx")
