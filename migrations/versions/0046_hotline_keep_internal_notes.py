"""Internal notes of staff, in a table that no reporter's role reaches."""

from alembic import op

from services.database.policies import protect_service_table

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute(
        """CREATE TABLE hotline.internal_notes (
        id uuid NOT NULL, ticket_id uuid NOT NULL, subject_id uuid NOT NULL, account_id uuid NOT NULL,
        unit text NOT NULL, text_sealed bytea NOT NULL, written_at timestamptz NOT NULL,
        CONSTRAINT internal_notes_pkey PRIMARY KEY (id))"""
    )
    op.execute("CREATE INDEX internal_notes_ticket_idx ON hotline.internal_notes (ticket_id, id)")
    statements = protect_service_table(
        "hotline.internal_notes", resident=(), staff=("select", "insert"), worker=("select",)
    )
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE hotline.internal_notes")
