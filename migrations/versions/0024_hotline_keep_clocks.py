"""Clocks: a calendar with makeup workdays in versions, policies of time in versions, and the clocks of tickets.

The days were taken from chinesecalendar 1.11.0, which writes down the State Council's yearly announcements, and agree
day by day with holidays 0.109 for 2024 to 2026 (no difference); both were run once, beside the repository.
"""

import json

from alembic import op

from services.database.policies import protect_service_table, share
from services.database.roles import Role

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SOURCE = "chinesecalendar 1.11.0 = holidays 0.109"
# Year: weekdays that are off, weekend days that are worked instead.
YEARS = {
    2024: (
        (
            "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17 "
            "10-01 10-02 10-03 10-04 10-07"
        ),
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        (
            "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 "
            "10-03 10-06 10-07 10-08"
        ),
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        (
            "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 "
            "10-01 10-02 10-05 10-06 10-07"
        ),
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}
# GB/T 33358 and the cities' rules give the numbers (docs/services/hotline.md). A working day has 450 minutes.
POLICY = {
    "spans": [[540, 720], [810, 1080]],
    "minutes": {"accept": 120, "sign": 225, "contact": 450, "resolve": 2250, "call_back": 1350},
    "calendar": ["accept"],
    "redo": 1350,
    "pause_cap": 4320,
}
KINDS = "'accept','sign','contact','resolve','call_back'"


def upgrade() -> None:
    """Create tables, their first versions and the fences."""
    op.execute(
        """CREATE TABLE hotline.calendar_years (
        version integer NOT NULL, year integer NOT NULL, source text NOT NULL, published_at timestamptz NOT NULL,
        CONSTRAINT calendar_years_pkey PRIMARY KEY (version, year))"""
    )
    op.execute(
        """CREATE TABLE hotline.calendar_days (
        version integer NOT NULL, day date NOT NULL, kind text NOT NULL,
        CONSTRAINT calendar_days_pkey PRIMARY KEY (version, day),
        CONSTRAINT calendar_days_kind_check CHECK (kind IN ('holiday', 'makeup')))"""
    )
    op.execute(
        """CREATE TABLE hotline.clock_policies (
        version integer NOT NULL, content jsonb NOT NULL, created_at timestamptz NOT NULL,
        CONSTRAINT clock_policies_pkey PRIMARY KEY (version))"""
    )
    op.execute(
        f"""CREATE TABLE hotline.ticket_clocks (
        ticket_id uuid NOT NULL, kind text NOT NULL, run integer NOT NULL, subject_id uuid NOT NULL,
        started_at timestamptz NOT NULL, due_at timestamptz, is_provisional boolean NOT NULL,
        stopped_at timestamptz,
        CONSTRAINT ticket_clocks_pkey PRIMARY KEY (ticket_id, kind, run),
        CONSTRAINT ticket_clocks_kind_check CHECK (kind IN ({KINDS})))"""
    )
    op.execute(
        "CREATE INDEX ticket_clocks_due_idx ON hotline.ticket_clocks (due_at) WHERE stopped_at IS NULL"
    )
    for year, (off, worked) in YEARS.items():
        op.execute(
            f"INSERT INTO hotline.calendar_years VALUES (1, {year}, '{SOURCE}', '2026-11-26T00:00:00Z')"
        )
        for kind, days in (("holiday", off), ("makeup", worked)):
            rows = ", ".join(f"(1, '{year}-{day}', '{kind}')" for day in days.split())
            op.execute(f"INSERT INTO hotline.calendar_days VALUES {rows}")
    op.execute(
        f"INSERT INTO hotline.clock_policies VALUES (1, '{json.dumps(POLICY)}'::jsonb, '2026-11-26T00:00:00Z')"
    )
    changing = ("select", "insert", "update")
    statements = protect_service_table("hotline.ticket_clocks", resident=changing, staff=changing)
    readers = (Role.RESIDENT, Role.STAFF)
    for table in ("calendar_years", "calendar_days", "clock_policies"):
        statements += share(f"hotline.{table}", verbs=("select",), roles=readers)
        # A version that was published is never changed; a new one is added.
        statements += share(f"hotline.{table}", verbs=("select", "insert"), roles=(Role.WORKER,))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("ticket_clocks", "clock_policies", "calendar_days", "calendar_years"):
        op.execute(f"DROP TABLE hotline.{table}")
