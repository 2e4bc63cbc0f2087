"""By what ways tickets come: keys of programs, calls, letters, a report that is being written."""

from sqlalchemy import ARRAY, Column, Integer, Text, Uuid

from hotline.models.schema import metadata
from services.database.tables import Spread, digest, id_key, instant, sealed, subject_key, table, words

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
