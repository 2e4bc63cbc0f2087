"""How a file leaves: exports, links, erasure."""

from sqlalchemy import ARRAY, Boolean, Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from health_file.models.schema import metadata
from services.database.tables import Spread, digest, id_key, instant, sealed, subject_key, table, words

# An export or archive, asked for by somebody whose sight it has (`asker`: ids and codes), and how far it has come.
exports = table(
    "exports",
    metadata,
    Spread.SUBJECT,
    subject_key(),  # the resident, or the shelf of the unit that asked
    id_key(),
    words("kind"),
    words("state"),
    Column("asker", JSONB, nullable=False),
    words("request"),
    words("language"),
    Column("types", ARRAY(Text), nullable=False),
    instant("since_at", nullable=True),
    Column("stage", Integer, nullable=False),
    Column("last_owner", Uuid),
    Column("last_id", Uuid),
    Column("last_version", Integer),
    Column("done", Integer, nullable=False),
    instant("created_at"),
    instant("ended_at", nullable=True),
    instant("expires_at"),
)

# What an export has gathered, sealed; beside it which versions of whose resources these lines are.
export_chunks = table(
    "export_chunks",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("export_id", Uuid, primary_key=True, nullable=False),
    Column("file", Integer, primary_key=True, nullable=False, autoincrement=False),
    Column("number", Integer, primary_key=True, nullable=False, autoincrement=False),
    words("list"),  # output, deleted
    words("type"),
    Column("owners", ARRAY(Uuid), nullable=False),
    Column("ids", ARRAY(Uuid), nullable=False),
    Column("versions", ARRAY(Integer), nullable=False),
    sealed("content_sealed"),
)

# What a resident shares by a link: `link_sealed` for its owner to see again, `content_sealed` a JWE under its key.
shares = table(
    "shares",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("state"),
    words("flag"),
    Column("made_by", Uuid, nullable=True),  # a parent's link ends with the guardianship
    sealed("label_sealed"),
    sealed("link_sealed"),
    sealed("content_sealed"),
    words("passcode_hash", nullable=True),
    Column("attempts_left", Integer, nullable=False),
    Column("uses_left", Integer),
    instant("created_at"),
    instant("ended_at", nullable=True),
    instant("expires_at"),
)

# Who opened a link, as they said themselves.
share_accesses = table(
    "share_accesses",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    Column("share_id", Uuid, nullable=False),
    sealed("recipient_sealed"),
    Column("is_shown", Boolean, nullable=False),
    instant("at"),
)

# Whose a link is, by the keyed digest of its address.
share_urls = table(
    "share_urls",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("share_id", Uuid, nullable=False),
)

# A wish that the file be erased, and what came of it; `rules` is the version of the retention rules, `key_id` the key
# that was destroyed, the receipt is sealed under the resident's own key.
erasures = table(
    "erasures",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("state"),
    Column("account_id", Uuid, nullable=False),  # who asked
    words("issuer"),
    words("rules"),
    instant("asked_at"),
    instant("due_at"),
    instant("ended_at", nullable=True),
    Column("key_id", Uuid, nullable=True),
    sealed("receipt_sealed", nullable=True),
)
