"""What the desk works with: rules of routing, search, live screens, counts."""

from sqlalchemy import ARRAY, Column, Date, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR

from hotline.models.schema import metadata
from hotline.rules.statistics import MEASURES
from services.database.tables import Spread, id_key, instant, sealed, subject_key, table, words

# Where operators sit: a call that rings at a seat opens on the screen of whoever sits there.
seats = table(
    "seats",
    metadata,
    Spread.LOCAL,
    Column("account_id", Uuid, primary_key=True),
    Column("seat", Text, nullable=False, unique=True),
    instant("since"),
)

# To whom tickets go before the catalogue is asked; a new version is added, none is changed.
routing_rules = table(
    "routing_rules",
    metadata,
    Spread.REFERENCE,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    words("category", nullable=True),
    words("district", nullable=True),
    words("unit"),
)

# Who takes a ticket that nobody would, by district; the empty one stands for the whole city. Versions as above.
backstops = table(
    "backstops",
    metadata,
    Spread.REFERENCE,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("district", Text, primary_key=True),
    words("unit"),
)

# By which words tickets are found: keyed pairs of characters with their places. No clear text, no row policy; what is
# found here is read again under row-level security before anybody sees that it exists.
search_texts = table(
    "search_texts",
    metadata,
    Spread.LOCAL,
    Column("ticket_id", Uuid, primary_key=True),
    Column("segment", Integer, primary_key=True, autoincrement=False),
    Column("grams", TSVECTOR, nullable=False),
)

# Searches that a member of staff keeps.
saved_views = table(
    "saved_views",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    sealed("query_sealed"),
    instant("created_at"),
)

# What is counted of the tickets that were filed in one hour of a day; nothing here is about a person.
daily_counts = table(
    "daily_counts",
    metadata,
    Spread.REFERENCE,
    Column("day", Date, primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("district", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    *(Column(measure, Integer, nullable=False) for measure in MEASURES),
    instant("counted_at"),
)

# What moved in the queue, for screens that show it live: codes and ids, nothing that a reporter said. Kept for a day.
queue_changes = table(
    "queue_changes",
    metadata,
    Spread.LOCAL,
    id_key(),
    Column("ticket_id", Uuid, nullable=False),
    words("number"),
    words("category"),
    words("district"),
    words("state"),
    words("unit"),
    Column("co_units", ARRAY(Text), nullable=False),
    Column("version", Integer, nullable=False),
    Column("holder", Uuid, nullable=True),
)

# Who has a ticket open just now; a row that is not renewed counts for nothing after half a minute.
presences = table(
    "presences",
    metadata,
    Spread.LOCAL,
    Column("ticket_id", Uuid, primary_key=True),
    Column("account_id", Uuid, primary_key=True),
    instant("seen_at"),
)
