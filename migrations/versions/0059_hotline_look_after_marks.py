"""Bad marks to be looked into, confirmations to be told, how long things are kept, and public texts by district."""

from alembic import op
from sqlalchemy import text

from services.database.policies import protect_service_table, share
from services.database.roles import Role

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

UPGRADE = (
    """
    CREATE TABLE hotline.rechecks (
        ticket_id uuid NOT NULL, sequence integer NOT NULL, subject_id uuid NOT NULL, unit text NOT NULL,
        score integer NOT NULL, rated_at timestamptz NOT NULL, due_at timestamptz NOT NULL, settled_at timestamptz,
        outcome text, CONSTRAINT rechecks_pkey PRIMARY KEY (ticket_id, sequence),
        CONSTRAINT rechecks_score_check CHECK (score IN (1, 2)),
        CONSTRAINT rechecks_outcome_check CHECK ((settled_at IS NULL) = (outcome IS NULL)))
    """,
    "CREATE INDEX rechecks_open_idx ON hotline.rechecks (due_at, ticket_id) WHERE settled_at IS NULL",
    """
    CREATE TABLE hotline.confirmations (
        ticket_id uuid NOT NULL, subject_id uuid NOT NULL, content_sealed bytea NOT NULL,
        created_at timestamptz NOT NULL, CONSTRAINT confirmations_pkey PRIMARY KEY (ticket_id))
    """,
    """
    CREATE TABLE hotline.retention_rules (
        version integer NOT NULL, kept text NOT NULL, days integer NOT NULL, clause text NOT NULL, why text NOT NULL,
        decided_at timestamptz NOT NULL, CONSTRAINT retention_rules_pkey PRIMARY KEY (version, kept),
        CONSTRAINT retention_rules_days_check CHECK (days > 0))
    """,
    """
    CREATE INDEX public_requests_texts_idx ON hotline.public_requests (district, requested_at DESC)
        WHERE text IS NOT NULL
    """,
    "CREATE INDEX letters_at_idx ON hotline.letters (at)",
    "CREATE INDEX calls_started_idx ON hotline.calls (started_at)",
    "CREATE INDEX drafts_changed_idx ON hotline.drafts (changed_at)",
)
FIRST = (
    (
        "calls",
        183,
        "网络安全法第二十一条第三项；个人信息保护法第十九条",
        "日志留存不少于六个月；过后核对和复核都已结束，不再需要",
    ),
    (
        "letters",
        183,
        "网络安全法第二十一条第三项；个人信息保护法第十九条",
        "日志留存不少于六个月；来信的内容在诉求里，这里只有摘要",
    ),
    ("drafts", 30, "个人信息保护法第十九条", "没有提交的草稿，写的人一个月没有再动"),
)
ADD = text(
    "INSERT INTO hotline.retention_rules (version, kept, days, clause, why, decided_at) "
    "VALUES (1, :kept, :days, :clause, :why, '2026-11-27T00:00:00Z')"
)
TABLES = ("retention_rules", "confirmations", "rechecks")
INDEXES = ("drafts_changed_idx", "calls_started_idx", "letters_at_idx", "public_requests_texts_idx")


def upgrade() -> None:
    """Create tables and indexes, their fences, and the first rules of retention."""
    for statement in UPGRADE:
        op.execute(statement)
    for kept, days, clause, why in FIRST:
        op.execute(ADD.bindparams(kept=kept, days=days, clause=clause, why=why))
    changing = ("select", "insert", "update")
    statements = protect_service_table("hotline.rechecks", resident=changing, staff=changing, worker=changing)
    # Only the job that tells it reads and takes away what is to be told.
    statements += protect_service_table(
        "hotline.confirmations",
        resident=("insert",),
        staff=("insert",),
        worker=("select", "insert", "delete"),
    )
    statements += share("hotline.retention_rules", roles=(Role.WORKER, Role.STAFF))
    statements += protect_service_table("hotline.calls", resident=(), staff=(), worker=("delete",))[2:]
    statements += share("hotline.letters", verbs=("delete",), roles=(Role.WORKER,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop what was added."""
    op.execute("REVOKE DELETE ON hotline.letters FROM citizen_worker")
    op.execute("DROP POLICY citizen_worker_d_delete ON hotline.calls")
    op.execute("REVOKE DELETE ON hotline.calls FROM citizen_worker")
    for index in INDEXES:
        op.execute(f"DROP INDEX hotline.{index}")
    for table in TABLES:
        op.execute(f"DROP TABLE hotline.{table}")
