"""The tables of the health file: every version of every resource, sealed."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
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
from sqlalchemy.dialects.postgresql import JSONB

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

# By what a resource is found: keyed hashes of type, parameter and value; the key is not in the database.
tokens = table(
    "tokens",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    digest("digest", primary_key=True),
    Column("resource_id", Uuid, primary_key=True, nullable=False),
)

# Day ranges of date parameters (`Observation.date`), in the city's time; nothing finer stands in clear.
days = table(
    "days",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("resource_id", Uuid, primary_key=True, nullable=False),
    Column("parameter", Text, primary_key=True, nullable=False),
    Column("first_on", Date, primary_key=True, nullable=False),
    Column("last_on", Date, primary_key=True, nullable=False),
)

# Why a unit may read a file without asking: an open encounter, an episode, a family doctor's contract, a card shown.
treating_relations = table(
    "treating_relations",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("unit", Text, primary_key=True, nullable=False),
    Column("basis_id", Uuid, primary_key=True, nullable=False),  # the resource, or the card's session
    words("kind"),
    instant("starts_at"),
    instant("ends_at"),
    instant("rejected_at", nullable=True),  # the resident says that this unit does not treat them
)

# Each beginning of such a relation by what a unit wrote; kept when the relation ends, so that it can be counted.
openings = table(
    "openings",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("unit"),
    Column("account_id", Uuid, nullable=True),
    words("client", nullable=True),
    Column("basis_id", Uuid, nullable=False),
    words("kind"),
    Column("reasons", ARRAY(Text), nullable=False),
    words("state"),
    instant("opened_at"),
    instant("reviewed_at", nullable=True),
    Column("reviewer_id", Uuid, nullable=True),
    words("verdict", nullable=True),
)

# The provisions of a resident's Consents, each as one row: null says that it is about any.
consent_rules = table(
    "consent_rules",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("consent_id", Uuid, primary_key=True, nullable=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("within", Integer, nullable=True),  # the rule that this one is an exception of
    Column("is_denial", Boolean, nullable=False),
    Column("units", ARRAY(Text), nullable=True),
    Column("persons", ARRAY(Uuid), nullable=True),
    Column("purposes", ARRAY(Text), nullable=True),
    Column("types", ARRAY(Text), nullable=True),
    Column("levels", ARRAY(LargeBinary), nullable=True),
    Column("labels", ARRAY(LargeBinary), nullable=True),
    Column("instances", ARRAY(Uuid), nullable=True),
    instant("starts_at", nullable=True),
    instant("ends_at", nullable=True),
    Column("data_from", Date, nullable=True),
    Column("data_until", Date, nullable=True),
)

# A glass that was broken: who read whose file in an emergency, why, and what became of it.
emergencies = table(
    "emergencies",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    Column("account_id", Uuid, nullable=False),
    words("unit"),
    words("client", nullable=True),
    words("reason"),
    sealed("words_sealed"),
    words("state"),
    Column("is_confirmed", Boolean, nullable=False),  # what is restricted was asked for a second time
    instant("opened_at"),
    instant("expires_at"),
    instant("closed_at", nullable=True),
    instant("reviewed_at", nullable=True),
    Column("reviewer_id", Uuid, nullable=True),
    words("verdict", nullable=True),
)

# The names of staff who read files, for the residents whose they are; sealed under the directory's key.
readers = table(
    "readers",
    metadata,
    Spread.LOCAL,
    Column("account_id", Uuid, primary_key=True),
    sealed("name_sealed"),
)

# Names of an import's entries (keyed digests of source and name) and the resource that each means here; nothing where
# two of one source claim a name. What a name means inside one Bundle alone is forgotten with its run.
import_names = table(
    "import_names",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("source", Text, nullable=False),
    Column("resource_id", Uuid, nullable=True),
    Column("run", Uuid, nullable=True),
)

# What an import knows of each of its resources: `run` and `ordinal` say which entry of which run speaks for it,
# `checked_digest` what that entry says where it may be kept, `owner_digests` the names of whose it is, nearest first,
# `loaded_digest` what was kept of it, as version `version`.
import_entries = table(
    "import_entries",
    metadata,
    Spread.LOCAL,
    Column("source", Text, primary_key=True, nullable=False),
    Column("resource_id", Uuid, primary_key=True, nullable=False),
    words("type"),
    Column("run", Uuid, nullable=False),
    Column("ordinal", BigInteger, nullable=False),
    digest("checked_digest", nullable=True),
    Column("owner_digests", ARRAY(LargeBinary), nullable=False),
    Column("subject_id", Uuid, nullable=True),
    digest("loaded_digest", nullable=True),
    Column("version", Integer, nullable=True),
)

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
