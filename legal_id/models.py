"""The tables of legal persons: the public part of the register, the private part, and who represents whom."""

from sqlalchemy import Column, Integer, Text, Uuid

from services.database.tables import Spread, id_key, instant, metadata_for, sealed, subject_key, table, words

metadata = metadata_for("legal_id")

# The public tier of the register, readable by everybody. The key is the code itself: it is public.
register = table(
    "register",
    metadata,
    Spread.REFERENCE,
    Column("uscc", Text, primary_key=True),
    Column("legal_person_id", Uuid, nullable=False),
    words("name"),
    words("name_en"),
    words("address"),
    words("status"),
    Column("version", Integer, nullable=False),
    instant("registered_at"),
    instant("changed_at"),
)

legal_persons = table(
    "legal_persons",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    words("uscc"),
    sealed("contact_sealed"),
    instant("created_at"),
)

representatives = table(
    "representatives",
    metadata,
    Spread.SUBJECT,
    subject_key(),  # the resident
    id_key(),
    Column("legal_person_id", Uuid, nullable=False),
    words("uscc"),
    words("role"),
    instant("since"),
    instant("ended_at", nullable=True),
)
