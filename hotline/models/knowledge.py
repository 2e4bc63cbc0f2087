"""What answers rest on."""

from sqlalchemy import Boolean, Column, Date, Integer, Text, Uuid

from hotline.models.schema import metadata
from services.database.tables import Spread, instant, table, words

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
