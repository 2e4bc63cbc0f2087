"""The vault's tables: wrapped data keys, tombstones of destroyed ones, and the signing key ring."""

from sqlalchemy import Column, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables import Spread, instant, metadata_for, sealed, subject_key, table, words

metadata = metadata_for("vault")

data_keys = table(
    "data_keys",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    words("owner_kind"),
    Column("wrapped", LargeBinary, nullable=False),
    instant("created_at"),
)

# Keys of parts of what is kept about a subject, each destroyed alone; what is sealed names `key_id`.
part_keys = table(
    "part_keys",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("part", Text, primary_key=True, nullable=False),  # the service that keeps this part
    Column("key_id", Uuid, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    instant("created_at"),
)

# Replayed over a restored backup before it opens, so that what was shredded stays shredded: subjects, and the ids of
# keys of parts.
tombstones = table("tombstones", metadata, Spread.SUBJECT, subject_key(), instant("shredded_at"))

signing_keys = table(
    "signing_keys",
    metadata,
    Spread.REFERENCE,
    Column("kid", Text, primary_key=True),
    words("use"),
    words("algorithm"),
    words("state"),  # next, active, retired
    Column("public_jwk", JSONB, nullable=False),
    sealed("private_sealed"),
    instant("created_at"),
    instant("retired_at", nullable=True),
)
