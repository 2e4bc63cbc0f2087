"""The hotline's tables. Tickets belong to nobody in particular: they may be anonymous."""

from sqlalchemy import ARRAY, Boolean, Column, Computed, Date, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION, JSONB, TIMESTAMP, TSVECTOR

from hotline.rules.statistics import MEASURES
from services.database.tables import (
    Spread,
    digest,
    id_key,
    instant,
    metadata_for,
    sealed,
    subject_key,
    table,
    words,
)

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

# Keys of programs that bring tickets: Open311 clients, the telephone system, the mail server.
channel_keys = table(
    "channel_keys",
    metadata,
    Spread.LOCAL,
    id_key(),
    words("channel"),
    words("title"),
    digest("digest"),
    words("secret", nullable=True),  # sealed under a key of the suite's, where messages are signed with it
    Column("account_id", Uuid, nullable=True),
    instant("created_at"),
    instant("revoked_at", nullable=True),
)

# To which ticket an Open311 token leads: for tickets whose number nobody can look up.
open311_tokens = table(
    "open311_tokens",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    words("number"),
    instant("created_at"),
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

# A report that is being written, one for each reporter.
drafts = table(
    "drafts",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    sealed("content_sealed"),
    instant("changed_at"),
)

# Telephone calls, each under a key of its own: a caller may be nobody that we know.
calls = table(
    "calls",
    metadata,
    Spread.SERVICE_SHARD,
    id_key(),
    Column("subject_id", Uuid, nullable=False),
    digest("external_digest"),  # of the telephone system's own id
    sealed("caller_sealed"),
    digest("caller_digest", nullable=True),  # none where the number is withheld
    words("seat", nullable=True),
    words("state"),
    instant("started_at"),
    instant("answered_at", nullable=True),
    instant("ended_at", nullable=True),
    sealed("recording_sealed", nullable=True),  # where the recording lies
    Column("ticket_id", Uuid, nullable=True),
)

# Where operators sit: a call that rings at a seat opens on the screen of whoever sits there.
seats = table(
    "seats",
    metadata,
    Spread.LOCAL,
    Column("account_id", Uuid, primary_key=True),
    Column("seat", Text, nullable=False, unique=True),
    instant("since"),
)

# A resident's consent that operators hear how they stand in other services, in fixed sentences, for a time.
context_grants = table(
    "context_grants",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("kind"),
    Column("ticket_id", Uuid, nullable=True),
    Column("call_id", Uuid, nullable=True),
    Column("account_id", Uuid, nullable=True),  # to whom the code was read out on a call
    Column("services", ARRAY(Text), nullable=False),
    instant("granted_at"),
    instant("expires_at"),
    instant("revoked_at", nullable=True),
)

# Who looked, and what they were told; the resident sees it, nobody may alter it.
context_looks = table(
    "context_looks",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    Column("grant_id", Uuid, nullable=False),
    Column("ticket_id", Uuid, nullable=True),
    Column("account_id", Uuid, nullable=False),
    instant("at"),
    sealed("told_sealed"),
)

# Digits that a resident reads out on a call; they go when they are used.
context_codes = table(
    "context_codes",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("services", ARRAY(Text), nullable=False),
    instant("expires_at"),
)

# Wrong codes of one operator.
code_guesses = table(
    "code_guesses",
    metadata,
    Spread.LOCAL,
    Column("account_id", Uuid, primary_key=True),
    Column("guesses", Integer, nullable=False),
    instant("since"),
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

# Number and tracking code on their way to who filed; the row goes when the worker has queued them.
confirmations = table(
    "confirmations",
    metadata,
    Spread.SERVICE_SHARD,
    Column("ticket_id", Uuid, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    sealed("content_sealed"),
    instant("created_at"),
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

# Signed messages that were taken, so that none is taken twice; swept every day.
webhook_deliveries = table(
    "webhook_deliveries",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    instant("at"),
)

# Letters that came in, also those that became no ticket, and why.
letters = table(
    "letters",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),  # keyed, of the Message-ID
    digest("sender_digest"),
    words("outcome"),
    words("reason", nullable=True),
    Column("ticket_id", Uuid, nullable=True),
    instant("at"),
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

# What was published of each year; a later version of a year stands in for the earlier.
calendar_years = table(
    "calendar_years",
    metadata,
    Spread.REFERENCE,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("year", Integer, primary_key=True, autoincrement=False),
    words("source"),
    instant("published_at"),
)

# Where a published year departs from the week.
calendar_days = table(
    "calendar_days",
    metadata,
    Spread.REFERENCE,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    words("kind"),
)

# The rules of time; a ticket keeps the version under which it was filed.
clock_policies = table(
    "clock_policies",
    metadata,
    Spread.REFERENCE,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", JSONB, nullable=False),
    instant("created_at"),
)

# What the events, the policy and the calendar make of a ticket's deadlines, kept to be listed by.
ticket_clocks = table(
    "ticket_clocks",
    metadata,
    Spread.SERVICE_SHARD,
    Column("ticket_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("subject_id", Uuid, nullable=False),
    instant("started_at"),
    instant("due_at", nullable=True),  # none while it is paused
    Column("is_provisional", Boolean, nullable=False),
    instant("stopped_at", nullable=True),
    Column("is_day_and_night", Boolean, nullable=False),  # told of out of duty hours too
    Column("levels_at", ARRAY(TIMESTAMP(timezone=True)), nullable=False),  # of the policy's levels, in order
    Column("reached", Integer, nullable=False),  # how many of them have been escalated
    Column("level", Integer, nullable=False),  # the last of these, in per cent
    Column("next_level_at", TIMESTAMP(timezone=True), Computed("levels_at[reached + 1]"), nullable=True),
)

# Each level of a clock that was reached: when it fell and when the sweep found it. Once for each level of each run.
escalations = table(
    "escalations",
    metadata,
    Spread.SERVICE_SHARD,
    Column("ticket_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("subject_id", Uuid, nullable=False),
    words("unit"),  # who answered for the ticket then
    instant("reached_at"),
    instant("told_at"),
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

# What answers rest on. A version is never changed; a new one is added, and an answer names the one it was given from.
articles = table(
    "articles",
    metadata,
    Spread.REFERENCE,
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    words("title"),
    words("text"),
    words("category", nullable=True),
    Column("valid_until", Date, nullable=True),
    Column("written_by", Uuid, nullable=True),
    instant("written_at"),
)

# The next version of an article as far as somebody has written it; only they see it.
article_drafts = table(
    "article_drafts",
    metadata,
    Spread.LOCAL,
    Column("code", Text, primary_key=True),
    Column("written_by", Uuid, primary_key=True),
    Column("seen", Integer, nullable=False),  # the version that it is to follow
    words("title"),
    words("text"),
    words("category", nullable=True),
    Column("valid_until", Date, nullable=True),
    instant("changed_at"),
)

# Which answers rest on which version: ids and codes, found without opening a history.
citations = table(
    "citations",
    metadata,
    Spread.LOCAL,
    Column("ticket_id", Uuid, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    words("code"),
    Column("version", Integer, nullable=False),
    instant("cited_at"),
)

# What staff begin a reply with, in both languages. A version is never changed; a retired one is the newest of its code.
templates = table(
    "templates",
    metadata,
    Spread.REFERENCE,
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    words("purpose"),
    words("category", nullable=True),  # none: for every category
    words("title"),
    words("title_en"),
    words("text"),
    words("text_en"),
    Column("is_retired", Boolean, nullable=False),
    Column("written_by", Uuid, nullable=True),
    instant("written_at"),
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
