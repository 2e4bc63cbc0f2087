"""By what resources are found, without clear text."""

from sqlalchemy import Column, Date, Text, Uuid

from health_file.models.schema import metadata
from services.database.tables import Spread, digest, subject_key, table

# By what a resource is found: keyed hashes of type, parameter and value; the key is not in the database.
tokens = table(
    "tokens",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    digest("digest", primary_key=True),
    Column("resource_id", Uuid, primary_key=True, nullable=False),
)

# Day ranges of date parameters (`Observation.date`), in the city's time; nothing finer stands in clear.
days = table(
    "days",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("resource_id", Uuid, primary_key=True, nullable=False),
    Column("parameter", Text, primary_key=True, nullable=False),
    Column("first_on", Date, primary_key=True, nullable=False),
    Column("last_on", Date, primary_key=True, nullable=False),
)
