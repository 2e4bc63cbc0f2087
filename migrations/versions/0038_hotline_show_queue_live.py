"""What moved in the queue, and who has a ticket open, for screens that show it live."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.execute(
        """CREATE TABLE hotline.queue_changes (
        id uuid NOT NULL, ticket_id uuid NOT NULL, number text NOT NULL, category text NOT NULL,
        district text NOT NULL, state text NOT NULL, unit text NOT NULL, version integer NOT NULL, holder uuid,
        CONSTRAINT queue_changes_pkey PRIMARY KEY (id))"""
    )
    op.execute(
        """CREATE TABLE hotline.presences (
        ticket_id uuid NOT NULL, account_id uuid NOT NULL, seen_at timestamptz NOT NULL,
        CONSTRAINT presences_pkey PRIMARY KEY (ticket_id, account_id))"""
    )
    op.execute("CREATE INDEX presences_seen_idx ON hotline.presences (seen_at)")
    statements = share("hotline.queue_changes", verbs=("insert",), roles=(Role.RESIDENT,))
    statements += share("hotline.queue_changes", verbs=("select", "insert"), roles=(Role.STAFF,))
    statements += share("hotline.queue_changes", verbs=("select", "insert", "delete"), roles=(Role.WORKER,))
    statements += share("hotline.presences", verbs=("select", "insert", "update"), roles=(Role.STAFF,))
    statements += share("hotline.presences", verbs=("select", "delete"), roles=(Role.WORKER,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("presences", "queue_changes"):
        op.execute(f"DROP TABLE hotline.{table}")
