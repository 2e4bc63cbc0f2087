"""The escalation ladder: the levels of each clock beside its deadline, and a second version of the rules of time."""

from alembic import op

from services.database.policies import protect_service_table

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the columns; tickets that are there keep their rules, which know no levels."""
    op.execute(
        """ALTER TABLE hotline.ticket_clocks
        ADD COLUMN is_day_and_night boolean NOT NULL DEFAULT false,
        ADD COLUMN levels_at timestamptz[] NOT NULL DEFAULT '{}',
        ADD COLUMN reached integer NOT NULL DEFAULT 0,
        ADD COLUMN level integer NOT NULL DEFAULT 0"""
    )
    op.execute("UPDATE hotline.ticket_clocks SET is_day_and_night = true WHERE kind = 'accept'")
    op.execute(
        """ALTER TABLE hotline.ticket_clocks
        ALTER COLUMN is_day_and_night DROP DEFAULT, ALTER COLUMN levels_at DROP DEFAULT,
        ALTER COLUMN reached DROP DEFAULT, ALTER COLUMN level DROP DEFAULT,
        ADD COLUMN next_level_at timestamptz GENERATED ALWAYS AS (levels_at[reached + 1]) STORED"""
    )
    op.execute(
        "CREATE INDEX ticket_clocks_next_level_idx ON hotline.ticket_clocks (next_level_at) "
        "WHERE stopped_at IS NULL"
    )
    op.execute(
        """CREATE TABLE hotline.escalations (
        ticket_id uuid NOT NULL, kind text NOT NULL, run integer NOT NULL, level integer NOT NULL,
        subject_id uuid NOT NULL, unit text NOT NULL, reached_at timestamptz NOT NULL, told_at timestamptz NOT NULL,
        CONSTRAINT escalations_pkey PRIMARY KEY (ticket_id, kind, run, level))"""
    )
    op.execute("CREATE INDEX escalations_told_idx ON hotline.escalations (told_at)")
    op.execute(
        "INSERT INTO hotline.clock_policies "
        "SELECT 2, content || '{\"levels\": [50, 80, 100, 150]}'::jsonb, '2026-11-27T00:00:00Z' "
        "FROM hotline.clock_policies WHERE version = 1 ON CONFLICT DO NOTHING"
    )
    statements = protect_service_table("hotline.escalations", resident=(), worker=("select", "insert"))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the table and the columns. The second version of the rules stays: tickets were filed under it."""
    op.execute("DROP TABLE hotline.escalations")
    op.execute(
        """ALTER TABLE hotline.ticket_clocks DROP COLUMN next_level_at, DROP COLUMN level, DROP COLUMN reached,
        DROP COLUMN levels_at, DROP COLUMN is_day_and_night"""
    )
