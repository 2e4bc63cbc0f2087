"""Who takes a ticket that nobody would, by district, in versions that are never changed."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its first version: each district's works office, else the city's."""
    op.execute(
        """CREATE TABLE hotline.backstops (
        version integer NOT NULL, district text NOT NULL, unit text NOT NULL,
        CONSTRAINT backstops_pkey PRIMARY KEY (version, district))"""
    )
    op.execute(
        "INSERT INTO hotline.backstops VALUES (1, '', 'WORKS'), (1, '东岸区', 'WORKS-DA'), "
        "(1, '西浦区', 'WORKS-XP'), (1, '临港区', 'WORKS-LG'), (1, '南苑区', 'WORKS-NY')"
    )
    statements = share("hotline.backstops", verbs=("select",), roles=(Role.RESIDENT, Role.STAFF))
    statements += share("hotline.backstops", verbs=("select", "insert"), roles=(Role.WORKER,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE hotline.backstops")
