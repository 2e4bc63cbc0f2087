"""Cards shown at a desk: who checked them, and each code once."""

from alembic import op

from services.database.policies import protect_service_table

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its fence: desks append, holders read."""
    op.execute(
        """CREATE TABLE social_card.checks (
        subject_id uuid NOT NULL, id uuid NOT NULL, card_id uuid NOT NULL, checked_at timestamptz NOT NULL,
        unit text NOT NULL, unit_name text, account_id uuid, opened_until timestamptz,
        CONSTRAINT checks_pkey PRIMARY KEY (subject_id, id))"""
    )
    # Taken first, so that of many one goes on; what it opened is filled in by the same transaction.
    writing = ("select", "insert", "update")
    for statement in protect_service_table("social_card.checks", staff=writing, worker=writing):
        op.execute(statement)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE social_card.checks")
