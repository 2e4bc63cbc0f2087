"""The card's tables."""

from sqlalchemy import Column, Integer, Uuid

from services.database.tables import Spread, id_key, instant, metadata_for, sealed, subject_key, table, words

metadata = metadata_for("social_card")

cards = table(
    "cards",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("state"),
    Column("generation", Integer, nullable=False),
    sealed("number_sealed"),
    sealed("pickup_sealed"),  # where the holder wants to collect it
    Column("version", Integer, nullable=False),
    instant("applied_at"),
    instant("changed_at"),
)

# One live card per resident, whatever the races: the key is the resident.
live_cards = table(
    "live_cards", metadata, Spread.SUBJECT, subject_key(), Column("card_id", Uuid, nullable=False)
)

card_events = table(
    "card_events",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("card_id", Uuid, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    instant("at"),
    words("event"),
    words("to_state"),
    words("actor"),
)

# The key is the code's own number: a code that was used has a row, and there is no second.
checks = table(
    "checks",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    Column("card_id", Uuid, nullable=False),
    instant("checked_at"),
    words("unit"),
    words("unit_name", nullable=True),  # as the directory had it then
    Column("account_id", Uuid),  # the practitioner's
    instant("opened_until", nullable=True),
)
