"""Histories that add up to the ticket's state and are chained by digests; claims with a fence."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATES = (
    "'received','triage','answered','declined','transferred','dispatched','objection','adjudication','signed',"
    "'working','waiting_resident','resolved','reopened','closed'"
)
STATES_BEFORE = (
    "'received','triage','answered','declined','dispatched','signed','working','waiting_resident','resolved',"
    "'reopened','closed'"
)
UPGRADE = (
    """
    ALTER TABLE hotline.tickets
        ADD COLUMN fence integer NOT NULL DEFAULT 0,
        ADD COLUMN is_supervised boolean NOT NULL DEFAULT false,
        DROP CONSTRAINT tickets_state_check
    """,
    f"ALTER TABLE hotline.tickets ADD CONSTRAINT tickets_state_check CHECK (state IN ({STATES}))",
    """
    ALTER TABLE hotline.ticket_events
        ADD COLUMN by text NOT NULL DEFAULT 'operator',
        ADD COLUMN unit text NOT NULL DEFAULT 'HOTLINE',
        ADD COLUMN details jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN note_digest bytea,
        ADD COLUMN digest bytea
    """,
    # What older histories did not say follows from the table they were written by.
    """
    UPDATE hotline.ticket_events SET by = CASE
        WHEN actor LIKE 'resident:%' OR actor = 'nobody' THEN 'resident'
        WHEN action IN ('sign', 'start', 'ask_resident', 'resolve') THEN 'officer' ELSE 'operator' END
    """,
    """
    UPDATE hotline.ticket_events SET unit = ticket.unit FROM hotline.tickets ticket
    WHERE ticket.id = ticket_events.ticket_id AND ticket_events.sequence >= (
        SELECT min(other.sequence) FROM hotline.ticket_events other
        WHERE other.ticket_id = ticket.id AND other.action = 'dispatch')
    """,
    """
    UPDATE hotline.tickets SET claimed_by = NULL, claimed_until = NULL WHERE state <> 'triage'
    """,
    """
    UPDATE hotline.tickets SET fence = (
        SELECT count(*) FROM hotline.ticket_events event
        WHERE event.ticket_id = tickets.id AND event.action = 'claim')
    """,
    """
    UPDATE hotline.tickets SET is_supervised = EXISTS (
        SELECT FROM hotline.ticket_events event WHERE event.ticket_id = tickets.id AND event.action = 'reopen')
    """,
)
UNFENCED = ("hotline.tickets", "hotline.ticket_events")


def upgrade() -> None:
    """Add columns and fill them for the histories that are there."""
    # The owner too sees nothing through a forced fence; it is put up again before the commit.
    for table in UNFENCED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in UPGRADE:
        op.execute(statement)
    for table in UNFENCED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for column in ("by", "unit", "details"):
        op.execute(f"ALTER TABLE hotline.ticket_events ALTER COLUMN {column} DROP DEFAULT")


def downgrade() -> None:
    """Drop what was added; tickets in states that were not known go to the nearest that were."""
    for table in UNFENCED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE hotline.tickets SET state = 'declined' WHERE state = 'transferred'")
    op.execute("UPDATE hotline.tickets SET state = 'dispatched' WHERE state IN ('objection', 'adjudication')")
    for table in UNFENCED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        "ALTER TABLE hotline.ticket_events DROP COLUMN by, DROP COLUMN unit, DROP COLUMN details, "
        "DROP COLUMN note_digest, DROP COLUMN digest"
    )
    op.execute(
        "ALTER TABLE hotline.tickets DROP COLUMN fence, DROP COLUMN is_supervised, "
        "DROP CONSTRAINT tickets_state_check"
    )
    op.execute(
        f"ALTER TABLE hotline.tickets ADD CONSTRAINT tickets_state_check CHECK (state IN ({STATES_BEFORE}))"
    )
