"""Create the database roles and one schema per package.

The owner role runs this. Where it lacks CREATEROLE (a managed server), an administrator creates the roles
beforehand as docs/how-to/database.md says, and this revision only checks that they are there.
"""

from alembic import op

from services.database.roles import APP, ENTERED

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = (
    "vault",
    "audit",
    "jobs",
    "web",
    "notices",
    "gateway",
    "health_file",
    "ebills",
    "social_card",
    "legal_id",
    "hotline",
)


def upgrade() -> None:
    """Create schemas; the roles exist already (the migration runner sees to them)."""
    everyone = ", ".join([APP, *(role.value for role in ENTERED)])
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {everyone}")


def downgrade() -> None:
    """Drop the schemas; roles belong to the server, not to the database, and stay."""
    for schema in reversed(SCHEMAS):
        op.execute(f"DROP SCHEMA {schema} CASCADE")
