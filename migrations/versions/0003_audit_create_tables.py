"""Create the audit log: everyone inserts, nobody changes, subjects read their own."""

from alembic import op

from services.database.policies import ACCOUNT, SUBJECTS, allow, fence, share
from services.database.roles import Role

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE audit.events (
    id uuid NOT NULL, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), at timestamptz NOT NULL,
    event text NOT NULL, actor text NOT NULL, account_id uuid, client text, subject_id uuid, purpose text,
    request_id text, details jsonb NOT NULL, leaf bytea NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (id))""",
    "CREATE INDEX events_xid_idx ON audit.events (xid, id)",
    "CREATE INDEX events_subject_idx ON audit.events (subject_id, at)",
    """CREATE TABLE audit.event_subjects (
    subject_id uuid NOT NULL, event_id uuid NOT NULL,
    CONSTRAINT event_subjects_pkey PRIMARY KEY (subject_id, event_id))""",
    """CREATE TABLE audit.leaves (
    sequence bigint NOT NULL, event_id uuid NOT NULL, leaf_digest bytea NOT NULL,
    CONSTRAINT leaves_pkey PRIMARY KEY (sequence), CONSTRAINT leaves_event_id_key UNIQUE (event_id))""",
    """CREATE TABLE audit.checkpoints (
    tree_size bigint NOT NULL, root_digest bytea NOT NULL, at timestamptz NOT NULL, kid text NOT NULL,
    note text NOT NULL, frontier bytea NOT NULL, last_xid xid8 NOT NULL, last_event_id uuid NOT NULL,
    CONSTRAINT checkpoints_pkey PRIMARY KEY (tree_size))""",
)


def upgrade() -> None:
    """Create tables; the log has no UPDATE and no DELETE for any role."""
    for statement in TABLES:
        op.execute(statement)
    statements = fence("audit.events") + fence("audit.event_subjects")
    readers = (Role.SEQUENCER, Role.VERIFIER)
    for table, own in (
        ("audit.events", f"subject_id = ANY ({SUBJECTS}) OR subject_id = {ACCOUNT}"),
        ("audit.event_subjects", f"subject_id = ANY ({SUBJECTS}) OR subject_id = {ACCOUNT}"),
    ):
        for role in Role:
            statements += allow(table, role, "true", verbs=("insert",))
        statements += allow(table, Role.RESIDENT, own, verbs=("select",))
        for role in readers:
            statements += allow(table, role, "true", verbs=("select",))
    statements += share("audit.leaves", roles=readers)
    statements += share("audit.checkpoints", roles=(*readers, Role.GATEWAY, Role.RESIDENT))
    statements += share("audit.leaves", verbs=("insert",), roles=(Role.SEQUENCER,))
    statements += share("audit.checkpoints", verbs=("insert",), roles=(Role.SEQUENCER,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("checkpoints", "leaves", "event_subjects", "events"):
        op.execute(f"DROP TABLE audit.{table}")
