"""The tables of messages and of their delivery."""

from sqlalchemy import Column, Integer, Text, Uuid

from services.database.tables import Spread, id_key, instant, metadata_for, sealed, subject_key, table, words

metadata = metadata_for("notices")

messages = table(
    "messages",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("kind"),
    sealed("facts_sealed"),
    words("link"),
    instant("created_at"),
    instant("read_at", nullable=True),
)

deliveries = table(
    "deliveries",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("message_id", Uuid, primary_key=True),
    Column("channel", Text, primary_key=True),
    words("state"),  # queued, delivered, unreachable, dead
    Column("attempts", Integer, nullable=False),
    instant("changed_at"),
)
