"""Let the worker forget signing keys that retired long ago, as every step of the ring does."""

from alembic import op

from services.database.roles import Role

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Allow it: without this right `citizen keys rotate` fails, whether or not there is a key to forget."""
    op.execute(f"GRANT DELETE ON vault.signing_keys TO {Role.WORKER.value}")


def downgrade() -> None:
    """Take it back."""
    op.execute(f"REVOKE DELETE ON vault.signing_keys FROM {Role.WORKER.value}")
