"""What this database is."""

from sqlalchemy import Column, Text

from services.database.tables import Spread, instant, table, words
from services.gateway.models.schema import metadata

# What this database is: that it carries the demo city, and which steps of its seeding are done.
markers = table(
    "markers",
    metadata,
    Spread.LOCAL,
    Column("name", Text, primary_key=True),
    words("value"),
    instant("set_at"),
)
