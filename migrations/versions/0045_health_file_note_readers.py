"""The worker writes down the names of readers, too: where it acts for a member of staff, as the demo city does."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let it add; nobody changes or deletes a name."""
    for statement in share("health_file.readers", verbs=("insert",), roles=(Role.WORKER,)):
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    op.execute(f"REVOKE INSERT ON health_file.readers FROM {Role.WORKER.value}")
