"""How tables are declared: every table says which of the four kinds it is (see docs/decisions)."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.schema import SchemaItem


class Spread(StrEnum):
    """What becomes of a table when the city outgrows one PostgreSQL."""

    SUBJECT = "subject"
    REFERENCE = "reference"
    LOCAL = "local"
    SERVICE_SHARD = "service-shard"


def metadata_for(package: str) -> MetaData:
    """The metadata of one package: its tables live in a PostgreSQL schema of the same name."""
    return MetaData(
        schema=package,
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        },
    )


def table(name: str, metadata: MetaData, spread: Spread, *items: SchemaItem, **options: Any) -> Table:
    """Declare a table of one kind; subject tables must carry `subject_id` in every key."""
    return Table(name, metadata, *items, info={"spread": spread}, **options)


def subject_key() -> Column[Any]:
    """`subject_id`, first in the primary key of every subject table, never updated."""
    return Column("subject_id", Uuid, primary_key=True, nullable=False)


def id_key() -> Column[Any]:
    """`id`, a UUIDv7, second in the primary key of a subject table or alone in the others."""
    return Column("id", Uuid, primary_key=True, nullable=False)


def instant(name: str, *, nullable: bool = False) -> Column[Any]:
    """An aware instant `*_at`, with microseconds."""
    return Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def sealed(name: str, *, nullable: bool = False) -> Column[Any]:
    """A column of ciphertext `*_sealed`, opened only through `services.vault`."""
    return Column(name, LargeBinary, nullable=nullable)


def digest(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[Any]:
    """A SHA-256 or keyed blind index `*_digest`."""
    return Column(name, LargeBinary, primary_key=primary_key, nullable=nullable)


def words(name: str, *, nullable: bool = False) -> Column[Any]:
    """A text column."""
    return Column(name, Text, nullable=nullable)
