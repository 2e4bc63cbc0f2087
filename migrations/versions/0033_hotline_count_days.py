"""Counts of tickets by day, hour, district, category and unit; nothing in them is about a person."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MEASURES = (
    "filed", "open", "contact_due", "contact_met", "resolve_due", "resolve_met", "done", "confirmed",
    "unreachable", "contested", "marked", "satisfied",
)  # fmt: skip


def upgrade() -> None:
    """Create the table."""
    measures = ", ".join(f"{name} integer NOT NULL" for name in MEASURES)
    op.execute(
        f"""CREATE TABLE hotline.daily_counts (
        day date NOT NULL, hour integer NOT NULL, district text NOT NULL, category text NOT NULL, unit text NOT NULL,
        {measures}, counted_at timestamptz NOT NULL,
        CONSTRAINT daily_counts_pkey PRIMARY KEY (day, hour, district, category, unit))"""
    )
    op.execute("CREATE INDEX daily_counts_counted_idx ON hotline.daily_counts (counted_at)")
    op.execute("CREATE INDEX tickets_created_idx ON hotline.tickets (created_at)")
    op.execute("CREATE INDEX tickets_changed_idx ON hotline.tickets (changed_at)")
    statements = share("hotline.daily_counts", verbs=("select",))
    statements += share("hotline.daily_counts", verbs=("insert", "delete"), roles=(Role.WORKER,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the table and its indexes."""
    op.execute("DROP TABLE hotline.daily_counts")
    op.execute("DROP INDEX hotline.tickets_created_idx")
    op.execute("DROP INDEX hotline.tickets_changed_idx")
