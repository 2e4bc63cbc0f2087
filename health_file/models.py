"""The tables of the health file: every version of every resource, sealed."""

from sqlalchemy import Boolean, Column, Integer, Uuid, false

from services.database.tables import Spread, id_key, instant, metadata_for, sealed, subject_key, table, words

metadata = metadata_for("health_file")

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
