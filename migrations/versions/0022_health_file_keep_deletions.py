"""A deleted resource keeps its history: the deletion is a version of its own."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark; what was written before is not deleted."""
    op.execute("ALTER TABLE health_file.resources ADD COLUMN is_deleted boolean NOT NULL DEFAULT false")
    op.execute("CREATE INDEX resources_id_idx ON health_file.resources (id, version DESC)")


def downgrade() -> None:
    """Drop the mark."""
    op.execute("DROP INDEX health_file.resources_id_idx")
    op.execute("ALTER TABLE health_file.resources DROP COLUMN is_deleted")
