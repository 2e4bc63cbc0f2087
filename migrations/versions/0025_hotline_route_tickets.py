"""The rule table of dispatch, in versions that are never changed."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its first version: what fits no kind goes to the district's own office."""
    op.execute(
        """CREATE TABLE hotline.routing_rules (
        version integer NOT NULL, rank integer NOT NULL, category text, district text, unit text NOT NULL,
        CONSTRAINT routing_rules_pkey PRIMARY KEY (version, rank))"""
    )
    op.execute(
        "INSERT INTO hotline.routing_rules VALUES (1, 10, 'other', '西浦区', 'GREEN-XP'), "
        "(1, 20, 'other', '南苑区', 'HOUSING-NY')"
    )
    statements = share("hotline.routing_rules", verbs=("select",), roles=(Role.RESIDENT, Role.STAFF))
    statements += share("hotline.routing_rules", verbs=("select", "insert"), roles=(Role.WORKER,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE hotline.routing_rules")
