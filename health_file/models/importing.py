"""What an import knows of what it brought."""

from sqlalchemy import ARRAY, BigInteger, Column, Integer, LargeBinary, Text, Uuid

from health_file.models.schema import metadata
from services.database.tables import Spread, digest, table, words

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
