"""The audit log: events written in business transactions, leaves numbered by the sequencer, checkpoints."""

from sqlalchemy import ARRAY, BigInteger, Column, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType

from services.database.tables import Spread, digest, id_key, instant, metadata_for, table, words


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's xid8: the 64-bit id of the transaction that wrote a row."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The type's name in DDL."""
        return "xid8"


metadata = metadata_for("audit")

events = table(
    "events",
    metadata,
    Spread.LOCAL,
    id_key(),
    Column("xid", TransactionId(), nullable=False),
    instant("at"),
    words("event"),
    words("actor"),
    Column("account_id", Uuid, nullable=True),
    words("client", nullable=True),
    Column("subject_id", Uuid, nullable=True),
    words("purpose", nullable=True),
    words("request_id", nullable=True),
    Column("subject_ids", ARRAY(Uuid), nullable=True),  # of an event that concerns several people
    Column("details", JSONB, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
)

# Further subjects of one event: a list that showed several people's fields is one event.
event_subjects = table(
    "event_subjects",
    metadata,
    Spread.LOCAL,
    Column("subject_id", Uuid, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
)

leaves = table(
    "leaves",
    metadata,
    Spread.LOCAL,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Uuid, nullable=False, unique=True),
    digest("leaf_digest"),
)

# Roots of whole subtrees of at least 2**8 leaves: with them a proof needs few leaves however long the log is.
nodes = table(
    "nodes",
    metadata,
    Spread.LOCAL,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    digest("node_digest"),
)

checkpoints = table(
    "checkpoints",
    metadata,
    Spread.LOCAL,
    Column("tree_size", BigInteger, primary_key=True, autoincrement=False),
    digest("root_digest"),
    instant("at"),
    Column("kid", Text, nullable=False),
    words("note"),
    Column("frontier", LargeBinary, nullable=False),
    Column("last_xid", TransactionId(), nullable=False),
    Column("last_event_id", Uuid, nullable=False),
)
