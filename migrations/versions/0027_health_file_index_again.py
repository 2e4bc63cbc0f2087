"""Every row says with which version of the index it is found; more ways to find rows without a scan."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INDEXES = (
    # What is still to be indexed again: none, most of the time.
    """CREATE INDEX resources_indexed_idx ON health_file.resources (indexed_as, subject_id, id)
    WHERE is_current AND NOT is_deleted""",
    # A clinic's own, the newest first.
    """CREATE INDEX resources_author_idx ON health_file.resources (author, type, id DESC)
    WHERE is_current AND NOT is_deleted""",
    "CREATE INDEX patients_resource_idx ON health_file.patients (resource_id)",
)


def upgrade() -> None:
    """Add the mark; what was written before has the first version."""
    op.execute("ALTER TABLE health_file.resources ADD COLUMN indexed_as smallint NOT NULL DEFAULT 1")
    for statement in INDEXES:
        op.execute(statement)


def downgrade() -> None:
    """Drop the mark and the indexes."""
    for index in ("patients_resource_idx", "resources_author_idx", "resources_indexed_idx"):
        op.execute(f"DROP INDEX health_file.{index}")
    op.execute("ALTER TABLE health_file.resources DROP COLUMN indexed_as")
