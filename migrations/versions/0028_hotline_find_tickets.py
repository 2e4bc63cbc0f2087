"""Make tickets findable: keyed pairs of characters with their places, and searches that staff keep."""

from alembic import op

from services.database.policies import ACCOUNT, SERVICE, allow, fence, share
from services.database.roles import Role

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create tables, index and fences."""
    op.execute(
        """CREATE TABLE hotline.search_texts (
        ticket_id uuid NOT NULL, segment integer NOT NULL, grams tsvector NOT NULL,
        CONSTRAINT search_texts_pkey PRIMARY KEY (ticket_id, segment))"""
    )
    # A short list of what is not merged yet: it is read whole by every search.
    op.execute(
        "CREATE INDEX search_texts_grams_idx ON hotline.search_texts USING gin (grams) "
        "WITH (gin_pending_list_limit = 256)"
    )
    op.execute(
        """CREATE TABLE hotline.saved_views (
        subject_id uuid NOT NULL, id uuid NOT NULL, query_sealed bytea NOT NULL, created_at timestamptz NOT NULL,
        CONSTRAINT saved_views_pkey PRIMARY KEY (subject_id, id))"""
    )
    writing = ("select", "insert", "delete")
    statements = share("hotline.search_texts", verbs=("insert",), roles=(Role.RESIDENT,))
    statements += share("hotline.search_texts", verbs=writing, roles=(Role.STAFF, Role.WORKER))
    own = f"{SERVICE} = 'hotline' AND subject_id = {ACCOUNT}"
    statements += fence("hotline.saved_views") + allow("hotline.saved_views", Role.STAFF, own, verbs=writing)
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("saved_views", "search_texts"):
        op.execute(f"DROP TABLE hotline.{table}")
