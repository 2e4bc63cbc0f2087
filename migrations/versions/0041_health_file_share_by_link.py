"""SMART Health Links: what is shared, encrypted under a key that stands in the link, and who opened it."""

from alembic import op

from services.database.policies import allow, protect_service_table, share
from services.database.roles import Role

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

SHARES = """CREATE TABLE health_file.shares (subject_id uuid NOT NULL, id uuid NOT NULL, state text NOT NULL,
    flag text NOT NULL, label_sealed bytea NOT NULL, link_sealed bytea NOT NULL, content_sealed bytea NOT NULL,
    passcode_hash text, attempts_left integer NOT NULL, uses_left integer, created_at timestamptz NOT NULL,
    ended_at timestamptz, expires_at timestamptz NOT NULL, CONSTRAINT shares_pkey PRIMARY KEY (subject_id, id),
    CONSTRAINT shares_state_check CHECK (state IN ('active', 'used_up', 'revoked', 'expired')),
    CONSTRAINT shares_attempts_left_check CHECK (attempts_left >= 0),
    CONSTRAINT shares_uses_left_check CHECK (uses_left >= 0))"""
ACCESSES = """CREATE TABLE health_file.share_accesses (subject_id uuid NOT NULL, id uuid NOT NULL,
    share_id uuid NOT NULL,
    recipient_sealed bytea NOT NULL, is_shown boolean NOT NULL, at timestamptz NOT NULL,
    CONSTRAINT share_accesses_pkey PRIMARY KEY (subject_id, id))"""
# Whose a link is, by the keyed digest of its address.
URLS = """CREATE TABLE health_file.share_urls (digest bytea NOT NULL, subject_id uuid NOT NULL, share_id uuid NOT NULL,
    CONSTRAINT share_urls_pkey PRIMARY KEY (digest))"""
WORKER = ("select", "insert", "update", "delete")


def upgrade() -> None:
    """Create the tables. Who opens a link is nobody that we know: the gateway's role looks for them."""
    for statement in (SHARES, ACCESSES, URLS):
        op.execute(statement)
    own = ("select", "insert", "update")
    fences = protect_service_table("health_file.shares", resident=own, staff=(), worker=WORKER)
    fences += protect_service_table(
        "health_file.share_accesses", resident=("select",), staff=(), worker=WORKER
    )
    fences += allow("health_file.shares", Role.GATEWAY, "true", verbs=("select", "update"))
    fences += allow("health_file.share_accesses", Role.GATEWAY, "true", verbs=("insert",))
    fences += share("health_file.share_urls", verbs=("insert",), roles=(Role.RESIDENT,))
    fences += share("health_file.share_urls", roles=(Role.GATEWAY,))
    fences += share("health_file.share_urls", verbs=("select", "delete"), roles=(Role.WORKER,))
    fences.append("GRANT USAGE ON SCHEMA health_file TO citizen_gateway")
    for fence in fences:
        op.execute(fence)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("share_urls", "share_accesses", "shares"):
        op.execute(f"DROP TABLE health_file.{table}")
