"""Answer templates in versions, and the first few."""

from alembic import op
from sqlalchemy import text

from services.database.policies import share
from services.database.roles import Role

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

FIRST = (
    (
        "who-and-when", "inform", "告知承办单位和时限", "Who has it and by when",
        "您好，您的诉求 {number} 由{unit}承办，{due_on}前答复您。",
        "Hello. {unit} has your report {number} and will answer by {due_on}.",
    ),
    (
        "where-exactly", "ask_resident", "请补充具体地点", "Where exactly?",
        "您好，您 {filed_on} 反映的事（{number}）我们要到现场办。请补充一下具体地点：楼号、路口或门牌。",
        "Hello. We must come to the place of what you reported on {filed_on} ({number}). Which building or door?",
    ),
    (
        "done", "resolve", "已经办好，请市民看一看", "Done, take a look",
        "您好，您反映的事（{number}）我们已到现场办好。请您看一看；没办好的话，在页面上按“没办好”，我们重办。",
        "Hello. What you reported ({number}) is done. Take a look; if it is not, say so on the page and we go on.",
    ),
    (
        "court", "decline", "法院受理的事，说明去处", "A matter for the court",
        "您好，这件事（{number}）要由人民法院受理，热线不能办。请到有管辖权的法院立案窗口，或拨 12368 咨询。",
        "Hello. Your matter ({number}) is for the people's court. Ask at the court in charge, or call 12368.",
    ),
)  # fmt: skip
ADD = text(
    "INSERT INTO hotline.templates (code, version, purpose, title, title_en, text, text_en, is_retired, written_at) "
    "VALUES (:code, 1, :purpose, :title, :title_en, :text, :text_en, false, '2026-11-27T00:00:00Z')"
)
NAMES = ("code", "purpose", "title", "title_en", "text", "text_en")


def upgrade() -> None:
    """Create the table and write the first templates."""
    op.execute(
        """CREATE TABLE hotline.templates (
        code text NOT NULL, version integer NOT NULL, purpose text NOT NULL, category text, title text NOT NULL,
        title_en text NOT NULL, text text NOT NULL, text_en text NOT NULL, is_retired boolean NOT NULL,
        written_by uuid, written_at timestamptz NOT NULL,
        CONSTRAINT templates_pkey PRIMARY KEY (code, version))"""
    )
    for template in FIRST:
        op.execute(ADD.bindparams(**dict(zip(NAMES, template, strict=True))))
    for statement in share("hotline.templates", verbs=("select", "insert"), roles=(Role.STAFF,)):
        op.execute(statement)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE hotline.templates")
