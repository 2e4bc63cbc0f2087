"""The hotline's tables. Tickets belong to nobody in particular: they may be anonymous."""

from sqlalchemy import Boolean, Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables import Spread, digest, id_key, instant, metadata_for, sealed, table, words

metadata = metadata_for("hotline")

tickets = table(
    "tickets",
    metadata,
    Spread.SERVICE_SHARD,
    id_key(),
    Column("number", Text, nullable=False, unique=True),
    Column("subject_id", Uuid, nullable=False),  # the reporter, or the one-ticket subject of an anonymous one
    words("category"),
    words("district"),
    words("channel"),  # web, api, phone, open311
    words("state"),
    words("unit"),  # who answers for it after dispatch
    sealed("text_sealed"),
    sealed("place_sealed"),
    words("public_text", nullable=True),  # a separate description that an operator releases
    Column("version", Integer, nullable=False),
    Column("claimed_by", Uuid, nullable=True),
    instant("claimed_until", nullable=True),
    Column("fence", Integer, nullable=False),  # counts the claims: what an older one writes is refused
    Column("is_supervised", Boolean, nullable=False),
    instant("created_at"),
    instant("changed_at"),
)

ticket_events = table(
    "ticket_events",
    metadata,
    Spread.SERVICE_SHARD,
    Column("ticket_id", Uuid, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("subject_id", Uuid, nullable=False),
    instant("at"),
    words("action"),
    words("from_state", nullable=True),
    words("to_state"),
    words("actor"),
    words("by"),  # as what the actor stood before the state table
    words("unit"),  # who answers for the ticket after this step
    Column("details", JSONB, nullable=False),
    sealed("note_sealed", nullable=True),  # the salt and the note, where there is a note_digest
    digest("note_digest", nullable=True),
    digest("digest", nullable=True),  # none in histories from before the chain
)

# Which ticket a number and tracking code belong to, for those who follow it without signing in.
tracking_codes = table(
    "tracking_codes",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
)
