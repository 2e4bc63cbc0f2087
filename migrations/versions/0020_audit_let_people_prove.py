"""People read events about several people too, and get proofs: subject ids in the row, inner nodes of the tree."""

from alembic import op

from services.database.policies import ACCOUNT, SUBJECTS, share
from services.database.roles import Role

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

POLICY = "citizen_app_s_select"
BEFORE = f"subject_id = ANY ({SUBJECTS}) OR subject_id = {ACCOUNT}"
# The old code writes no ids here; rows from before it was kept are seen by the one subject they name.
AFTER = f"{BEFORE} OR subject_ids && {SUBJECTS} OR {ACCOUNT} = ANY (subject_ids)"


def upgrade() -> None:
    """Add the column and the nodes; widen one policy; show leaves, which are hashes, to residents."""
    op.execute("ALTER TABLE audit.events ADD COLUMN subject_ids uuid[]")
    op.execute(
        "CREATE INDEX events_subject_ids_idx ON audit.events USING gin (subject_ids) "
        "WHERE subject_ids IS NOT NULL"
    )
    _replace_policy(AFTER)
    op.execute(
        "CREATE TABLE audit.nodes (level smallint NOT NULL, number bigint NOT NULL, node_digest bytea NOT NULL, "
        "CONSTRAINT nodes_pkey PRIMARY KEY (level, number))"
    )
    statements = share("audit.nodes", verbs=("select", "insert"), roles=(Role.SEQUENCER,))
    statements += share("audit.nodes", roles=(Role.RESIDENT, Role.VERIFIER))
    statements += share("audit.leaves", roles=(Role.RESIDENT,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    op.execute(f"REVOKE SELECT ON audit.leaves FROM {Role.RESIDENT.value}")
    op.execute("DROP TABLE audit.nodes")
    _replace_policy(BEFORE)
    op.execute("ALTER TABLE audit.events DROP COLUMN subject_ids")


def _replace_policy(condition: str) -> None:
    op.execute(f"DROP POLICY {POLICY} ON audit.events")
    op.execute(
        f"CREATE POLICY {POLICY} ON audit.events FOR SELECT TO {Role.RESIDENT.value} USING ({condition})"
    )
