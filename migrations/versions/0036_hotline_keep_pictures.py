"""Pictures that belong to tickets."""

from alembic import op

from services.database.policies import protect_service_table

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KEPT = ("select", "insert")


def upgrade() -> None:
    """Create the tables and their fences; pictures are never changed."""
    op.execute(
        """CREATE TABLE hotline.attachments (
        id uuid NOT NULL, ticket_id uuid NOT NULL, subject_id uuid NOT NULL, media_type text NOT NULL,
        bytes integer NOT NULL, width integer NOT NULL, height integer NOT NULL, created_at timestamptz NOT NULL,
        CONSTRAINT attachments_pkey PRIMARY KEY (id))"""
    )
    op.execute("CREATE INDEX attachments_ticket_idx ON hotline.attachments (ticket_id, created_at, id)")
    op.execute(
        """CREATE TABLE hotline.attachment_chunks (
        attachment_id uuid NOT NULL, part text NOT NULL, number integer NOT NULL, subject_id uuid NOT NULL,
        content_sealed bytea NOT NULL, CONSTRAINT attachment_chunks_pkey PRIMARY KEY (attachment_id, part, number))"""
    )
    for table in ("hotline.attachments", "hotline.attachment_chunks"):
        for statement in protect_service_table(table, resident=KEPT, staff=KEPT, worker=KEPT):
            op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE hotline.attachment_chunks")
    op.execute("DROP TABLE hotline.attachments")
