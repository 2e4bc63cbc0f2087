"""Tickets and what belongs to them. They belong to nobody in particular: they may be anonymous."""

from sqlalchemy import ARRAY, Boolean, Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION, JSONB

from hotline.models.schema import metadata
from services.database.tables import Spread, digest, id_key, instant, sealed, table, words

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
    Column("co_units", ARRAY(Text), nullable=False),  # who helps
    words("urgency"),
    sealed("text_sealed"),
    sealed("place_sealed"),
    words("public_text", nullable=True),  # a separate description that an operator releases
    Column("is_confidential", Boolean, nullable=False),  # nobody hears of it but who works on it
    Column("is_anonymous", Boolean, nullable=False),  # the reporter wished to stay unknown
    sealed("attributes_sealed", nullable=True),  # answers to the category's questions, as JSON
    sealed("contact_sealed", nullable=True),  # how to reach the reporter, as JSON
    sealed("point_sealed", nullable=True),  # the place on the map, as JSON
    digest("phone_digest", nullable=True),  # by which an operator finds a caller's tickets
    Column("same_as", Uuid, nullable=True),  # the first of several tickets that say the same
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

# What everybody may read of a ticket, and nothing else: Open311 and open data are read from here alone.
# Confidential and anonymous tickets have no row.
public_requests = table(
    "public_requests",
    metadata,
    Spread.LOCAL,
    Column("number", Text, primary_key=True),
    words("category"),
    words("district"),
    words("state"),
    words("unit"),
    instant("requested_at"),
    instant("updated_at"),
    instant("expected_at", nullable=True),
    words("text", nullable=True),
    words("place", nullable=True),
    Column("latitude", DOUBLE_PRECISION, nullable=True),
    Column("longitude", DOUBLE_PRECISION, nullable=True),
)

# Keyed digests of what was told in the last minutes, by which a repetition is known; swept every day.
recent_texts = table(
    "recent_texts",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("ticket_id", Uuid, primary_key=True),
    instant("at"),
)

# Pictures that belong to tickets, made anew from what was sent.
attachments = table(
    "attachments",
    metadata,
    Spread.SERVICE_SHARD,
    id_key(),
    Column("ticket_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    words("media_type"),
    Column("bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    instant("created_at"),
)

attachment_chunks = table(
    "attachment_chunks",
    metadata,
    Spread.SERVICE_SHARD,
    Column("attachment_id", Uuid, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("subject_id", Uuid, nullable=False),
    sealed("content_sealed"),
)

# Marks of one or two: each is looked into by a supervisor, once.
rechecks = table(
    "rechecks",
    metadata,
    Spread.SERVICE_SHARD,
    Column("ticket_id", Uuid, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),  # of the event that brought the mark
    Column("subject_id", Uuid, nullable=False),
    words("unit"),
    Column("score", Integer, nullable=False),
    instant("rated_at"),
    instant("due_at"),
    instant("settled_at", nullable=True),
    words("outcome", nullable=True),  # the action that settled it
)

# How long things are kept, on what clause and why; a new version is added, none is changed.
retention_rules = table(
    "retention_rules",
    metadata,
    Spread.REFERENCE,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kept", Text, primary_key=True),
    Column("days", Integer, nullable=False),
    words("clause"),
    words("why"),
    instant("decided_at"),
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

# What staff write to one another about a ticket: apart from its history, which the reporter is shown.
internal_notes = table(
    "internal_notes",
    metadata,
    Spread.SERVICE_SHARD,
    id_key(),
    Column("ticket_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    words("unit"),
    sealed("text_sealed"),
    instant("written_at"),
)

# Which ticket goes on for which; a row goes when the merge is undone.
merge_links = table(
    "merge_links",
    metadata,
    Spread.LOCAL,
    Column("ticket_id", Uuid, primary_key=True),
    Column("survivor_id", Uuid, nullable=False),
    Column("survivor_subject_id", Uuid, nullable=False),
    instant("merged_at"),
)
