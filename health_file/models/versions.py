"""Every version of every resource, sealed; where what names no resident stands; attachments."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    false,
    text,
)

from health_file.models.schema import metadata
from services.database.tables import Spread, id_key, instant, sealed, subject_key, table, words

resources = table(
    "resources",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    Column("version", Integer, primary_key=True, autoincrement=False),
    words("type"),
    words("author"),  # code of the clinic that wrote this version
    Column("is_current", Boolean, nullable=False),
    Column("is_deleted", Boolean, nullable=False, server_default=false()),
    sealed("body_sealed"),
    instant("recorded_at"),
    # How confidential and of which sensitive kinds, as keyed digests; the day of what it tells.
    Column("labels", ARRAY(LargeBinary), nullable=False, server_default="{}"),
    Column("dated_on", Date, nullable=True),
    # With which version of the index it is found: a parameter added later does not yet find what is older.
    Column("indexed_as", SmallInteger, nullable=False, server_default=text("1")),
)

# Whose a resource is, for clinics who name it by id alone.
resource_ids = table(
    "resource_ids",
    metadata,
    Spread.LOCAL,
    id_key(),
    Column("subject_id", Uuid, nullable=False),
    words("type"),
)

# One Patient resource per resident; the key is the resident.
patients = table(
    "patients", metadata, Spread.SUBJECT, subject_key(), Column("resource_id", Uuid, nullable=False)
)

# Where what names no resident stands: an owner with a data key of its own, the directory's (unit '') or a unit's.
shelves = table(
    "shelves",
    metadata,
    Spread.LOCAL,
    Column("unit", Text, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
)

# Attachments, outside the row that they belong to; each chunk is sealed for its place, the last one as such.
chunks = table(
    "chunks",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("resource_id", Uuid, primary_key=True, nullable=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    sealed("content_sealed"),
)
