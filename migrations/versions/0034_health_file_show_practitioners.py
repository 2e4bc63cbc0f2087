"""The gateway may look up in the directory which Practitioner a member of staff is."""

from alembic import op

from services.database.policies import allow
from services.database.roles import Role

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

DIRECTORY = "subject_id = '019abf00-0000-7000-8000-000000000001'"
TABLES = ("health_file.resources", "health_file.tokens")


def upgrade() -> None:
    """Let the gateway see the directory's shelf, and no file."""
    for table in TABLES:
        for statement in allow(table, Role.GATEWAY, DIRECTORY, verbs=("select",)):
            op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    for table in TABLES:
        op.execute(f"DROP POLICY {Role.GATEWAY.value}_s_select ON {table}")
        op.execute(f"REVOKE SELECT ON {table} FROM {Role.GATEWAY.value}")
