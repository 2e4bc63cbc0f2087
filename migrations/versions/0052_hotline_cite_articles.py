"""What supervisors are writing, and which answers rest on which version of an article."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and note what was answered before."""
    op.execute(
        """CREATE TABLE hotline.article_drafts (
        code text NOT NULL, written_by uuid NOT NULL, seen integer NOT NULL, title text NOT NULL, text text NOT NULL,
        category text, valid_until date, changed_at timestamptz NOT NULL,
        CONSTRAINT article_drafts_pkey PRIMARY KEY (code, written_by))"""
    )
    op.execute(
        """CREATE TABLE hotline.citations (
        ticket_id uuid NOT NULL, sequence integer NOT NULL, code text NOT NULL, version integer NOT NULL,
        cited_at timestamptz NOT NULL, CONSTRAINT citations_pkey PRIMARY KEY (ticket_id, sequence))"""
    )
    op.execute("CREATE INDEX citations_code_idx ON hotline.citations (code, cited_at DESC)")
    # The owner too sees nothing through a forced fence; it is put up again before the commit.
    op.execute("ALTER TABLE hotline.ticket_events NO FORCE ROW LEVEL SECURITY")
    op.execute(
        """INSERT INTO hotline.citations
        SELECT ticket_id, sequence, details->>'article', (details->>'article_version')::int, at
        FROM hotline.ticket_events WHERE action = 'answer' AND details ? 'article_version'"""
    )
    op.execute("ALTER TABLE hotline.ticket_events FORCE ROW LEVEL SECURITY")
    everything = ("select", "insert", "update", "delete")
    statements = share("hotline.article_drafts", verbs=everything, roles=(Role.STAFF,))
    statements += share("hotline.citations", verbs=("select", "insert"), roles=(Role.STAFF, Role.WORKER))
    statements += share("hotline.citations", verbs=("select",), roles=(Role.RESIDENT,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP TABLE hotline.citations")
    op.execute("DROP TABLE hotline.article_drafts")
