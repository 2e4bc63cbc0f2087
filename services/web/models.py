"""The web edge's one table: answers already given under an idempotency key."""

from sqlalchemy import Column, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables import Spread, digest, instant, metadata_for, sealed, table

metadata = metadata_for("web")

idempotency_records = table(
    "idempotency_records",
    metadata,
    Spread.LOCAL,
    Column("caller", Text, primary_key=True),
    digest("key_digest", primary_key=True),
    digest("request_digest"),
    Column("status", Integer, nullable=True),
    Column("headers", JSONB, nullable=True),
    sealed("body_sealed", nullable=True),
    instant("expires_at"),
)
