"""The knowledge base: articles in versions, and the first few."""

from alembic import op

from services.database.policies import share
from services.database.roles import Role

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

FIRST = (
    (
        "where-to-go",
        "去哪里办",
        "NULL",
        "按事项所在的区，到区政务服务中心办理；带身份证件。不清楚窗口的问话务员。",
    ),
    (
        "street-light",
        "路灯不亮由谁修",
        "'street_light'",
        "路灯由养护单位修。报修时说明路名和灯杆编号，一般当天到场。",
    ),
    (
        "noise-hours",
        "什么时候算夜间施工",
        "'noise'",
        "晚上十点到早上六点为夜间。夜间施工要有证明并公告。",
    ),
)


def upgrade() -> None:
    """Create the table and write the first articles."""
    op.execute(
        """CREATE TABLE hotline.articles (
        code text NOT NULL, version integer NOT NULL, title text NOT NULL, text text NOT NULL, category text,
        valid_until date, written_by uuid, written_at timestamptz NOT NULL,
        CONSTRAINT articles_pkey PRIMARY KEY (code, version))"""
    )
    for code, title, category, text in FIRST:
        op.execute(
            f"INSERT INTO hotline.articles VALUES ('{code}', 1, '{title}', '{text}', {category}, NULL, NULL, "
            "'2026-11-26T00:00:00Z')"
        )
    statements = share("hotline.articles", verbs=("select",), roles=(Role.RESIDENT, Role.WORKER))
    statements += share("hotline.articles", verbs=("select", "insert"), roles=(Role.STAFF,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE hotline.articles")
