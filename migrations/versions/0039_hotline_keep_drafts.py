"""Reports that are being written."""

from alembic import op

from services.database.policies import protect_service_table

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its fence."""
    op.execute(
        "CREATE TABLE hotline.drafts (subject_id uuid NOT NULL, content_sealed bytea NOT NULL, "
        "changed_at timestamptz NOT NULL, CONSTRAINT drafts_pkey PRIMARY KEY (subject_id))"
    )
    everything = ("select", "insert", "update", "delete")
    for statement in protect_service_table(
        "hotline.drafts", resident=everything, staff=(), worker=everything
    ):
        op.execute(statement)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE hotline.drafts")
