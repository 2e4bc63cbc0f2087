"""Who may read a file, and who does."""

from sqlalchemy import ARRAY, Boolean, Column, Date, Integer, LargeBinary, Text, Uuid

from health_file.models.schema import metadata
from services.database.tables import Spread, id_key, instant, sealed, subject_key, table, words

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
