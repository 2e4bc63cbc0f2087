"""How urgent a ticket is, and a third version of the rules of time: by kind, urgency and channel.

The numbers are secondary: none of the official texts was read whole, each rule names where it was seen.
"""

import json

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

SHANGHAI = "沪府办〔2018〕62号; secondary: jingan.gov.cn JF6/2019-12-04"
BEIJING = "DB11/T 2021, draft; secondary: Beijing Daily 2021-12-28"
STANDARD = "GB/T 33358-2016; secondary: voc.com.cn tid=141062"
HOUSE = "house rule"
EMERGENCY, COMPLEX = "emergency", "complex"
# A working day has 450 minutes. Tickets filed before keep their version.
CHANGED = {
    "levels": [50, 80, 100, 150],
    # 督办件 and 回访后重办: three working days.
    "redo": 1350,
    "supervised": 1350,
    "rules": [
        {"urgencies": [EMERGENCY], "minutes": {"resolve": 120}, "calendar": ["resolve"], "source": BEIJING},
        {
            "urgencies": [EMERGENCY],
            "minutes": {"accept": 15, "sign": 15, "contact": 30, "call_back": 1440},
            "calendar": ["accept", "sign", "contact", "call_back"],
            "source": HOUSE,
        },
        {"urgencies": [COMPLEX], "minutes": {"resolve": 6750}, "source": SHANGHAI},
        {"categories": ["consult", "opinion"], "minutes": {"resolve": 450}, "source": SHANGHAI},
        {
            "categories": ["water", "power", "gas"],
            "minutes": {"resolve": 1440},
            "calendar": ["resolve"],
            "source": BEIJING,
        },
        {"channels": ["email"], "minutes": {"accept": 1440}, "calendar": ["accept"], "source": STANDARD},
        {"minutes": {"resolve": 2250}, "source": SHANGHAI},
        {"minutes": {"accept": 120}, "calendar": ["accept"], "source": BEIJING},
        {"minutes": {"sign": 225, "contact": 450, "call_back": 1350}, "source": HOUSE},
    ],
}


def upgrade() -> None:
    """Add the column, which keeps its default for code that does not know it, and the version."""
    op.execute(
        "ALTER TABLE hotline.tickets ADD COLUMN urgency text NOT NULL DEFAULT 'ordinary', "
        "ADD CONSTRAINT tickets_urgency_check CHECK (urgency IN ('ordinary','emergency','complex'))"
    )
    changed = json.dumps(CHANGED, ensure_ascii=False)
    op.execute(
        "INSERT INTO hotline.clock_policies "
        "SELECT max(version) + 1, "
        f"(SELECT content FROM hotline.clock_policies WHERE version = 1) || '{changed}'::jsonb, "
        "'2026-11-27T00:00:00Z' FROM hotline.clock_policies "
        "HAVING NOT EXISTS (SELECT FROM hotline.clock_policies WHERE content ? 'rules')"
    )


def downgrade() -> None:
    """Drop the column. The version of the rules stays: tickets were filed under it."""
    op.execute("ALTER TABLE hotline.tickets DROP COLUMN urgency")
