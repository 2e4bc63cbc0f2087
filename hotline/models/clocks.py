"""The rules of time, and what they make of each ticket's deadlines."""

from sqlalchemy import ARRAY, Boolean, Column, Computed, Date, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from hotline.models.schema import metadata
from services.database.tables import Spread, instant, table, words

# What was published of each year; a later version of a year stands in for the earlier.
calendar_years = table(
    "calendar_years",
    metadata,
    Spread.REFERENCE,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("year", Integer, primary_key=True, autoincrement=False),
    words("source"),
    instant("published_at"),
)

# Where a published year departs from the week.
calendar_days = table(
    "calendar_days",
    metadata,
    Spread.REFERENCE,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    words("kind"),
)

# The rules of time; a ticket keeps the version under which it was filed.
clock_policies = table(
    "clock_policies",
    metadata,
    Spread.REFERENCE,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", JSONB, nullable=False),
    instant("created_at"),
)

# What the events, the policy and the calendar make of a ticket's deadlines, kept to be listed by.
ticket_clocks = table(
    "ticket_clocks",
    metadata,
    Spread.SERVICE_SHARD,
    Column("ticket_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("subject_id", Uuid, nullable=False),
    instant("started_at"),
    instant("due_at", nullable=True),  # none while it is paused
    Column("is_provisional", Boolean, nullable=False),
    instant("stopped_at", nullable=True),
    Column("is_day_and_night", Boolean, nullable=False),  # told of out of duty hours too
    Column("levels_at", ARRAY(TIMESTAMP(timezone=True)), nullable=False),  # of the policy's levels, in order
    Column("reached", Integer, nullable=False),  # how many of them have been escalated
    Column("level", Integer, nullable=False),  # the last of these, in per cent
    Column("next_level_at", TIMESTAMP(timezone=True), Computed("levels_at[reached + 1]"), nullable=True),
)

# Each level of a clock that was reached: when it fell and when the sweep found it. Once for each level of each run.
escalations = table(
    "escalations",
    metadata,
    Spread.SERVICE_SHARD,
    Column("ticket_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("subject_id", Uuid, nullable=False),
    words("unit"),  # who answered for the ticket then
    instant("reached_at"),
    instant("told_at"),
)
