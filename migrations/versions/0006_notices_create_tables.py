"""Create the tables of messages."""

from alembic import op

from services.database.policies import ACCOUNT, SUBJECTS, allow, fence
from services.database.roles import Role

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create tables and fences: one's own inbox; whoever causes a message may add it, not read it."""
    op.execute(
        """CREATE TABLE notices.messages (
        subject_id uuid NOT NULL, id uuid NOT NULL, kind text NOT NULL, facts_sealed bytea NOT NULL,
        link text NOT NULL, created_at timestamptz NOT NULL, read_at timestamptz,
        CONSTRAINT messages_pkey PRIMARY KEY (subject_id, id))"""
    )
    op.execute(
        """CREATE TABLE notices.deliveries (
        subject_id uuid NOT NULL, message_id uuid NOT NULL, channel text NOT NULL, state text NOT NULL,
        attempts integer NOT NULL, changed_at timestamptz NOT NULL,
        CONSTRAINT deliveries_pkey PRIMARY KEY (subject_id, message_id, channel),
        CONSTRAINT deliveries_state_check CHECK (state IN ('queued', 'delivered', 'unreachable', 'dead')))"""
    )
    everything = ("select", "insert", "update", "delete")
    statements = []
    for table in ("notices.messages", "notices.deliveries"):
        statements += fence(table)
        statements += allow(table, Role.WORKER, "true", verbs=everything)
        statements += allow(table, Role.RESIDENT, f"subject_id = ANY ({SUBJECTS})", verbs=("insert",))
        for role in (Role.STAFF, Role.GATEWAY):
            statements += allow(table, role, "true", verbs=("insert",))
    for role in (Role.RESIDENT, Role.STAFF, Role.GATEWAY):
        own = f"subject_id = {ACCOUNT}"
        statements += allow("notices.messages", role, own, verbs=("select", "update"))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("deliveries", "messages"):
        op.execute(f"DROP TABLE notices.{table}")
