"""Which seat of the telephone system an operator sits at; missed calls are found by their ticket."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the index."""
    op.execute(
        "CREATE TABLE hotline.seats (account_id uuid NOT NULL, seat text NOT NULL, since timestamptz NOT NULL, "
        "CONSTRAINT seats_pkey PRIMARY KEY (account_id), CONSTRAINT seats_seat_key UNIQUE (seat))"
    )
    op.execute(
        "CREATE INDEX calls_missed_idx ON hotline.calls (ticket_id, started_at DESC) "
        "WHERE state = 'missed' AND ticket_id IS NOT NULL"
    )
    everything = ("select", "insert", "update", "delete")
    for statement in share("hotline.seats", verbs=everything, roles=(Role.STAFF,)):
        op.execute(statement)


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP INDEX hotline.calls_missed_idx")
    op.execute("DROP TABLE hotline.seats")
