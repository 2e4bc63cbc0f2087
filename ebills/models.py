"""The tables of e-bills."""

from sqlalchemy import ARRAY, BigInteger, Column, Date, Integer, Text, Uuid

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

metadata = metadata_for("ebills")

billers = table(
    "billers",
    metadata,
    Spread.REFERENCE,
    Column("code", Text, primary_key=True),
    words("name"),
    words("name_en"),
    words("utility"),
)

# A service account (户号): under its holder once claimed, before that under a subject of its own.
accounts = table(
    "accounts",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("biller"),
    sealed("account_number_sealed"),
    sealed("service_address_sealed"),
    instant("claimed_at", nullable=True),
    instant("created_at"),
)

# What a bill says never changes; of its columns only state, paid_minor, paid_on and version may be updated.
bills = table(
    "bills",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    Column("account_id", Uuid, nullable=False),
    Column("import_id", Uuid, nullable=False),
    words("biller"),
    words("number"),
    Column("period_from", Date, nullable=False),
    Column("period_to", Date, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("usage", Integer, nullable=False),
    words("unit"),
    Column("line_titles", ARRAY(Text), nullable=False),
    Column("line_amounts", ARRAY(BigInteger), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    words("currency"),
    words("state"),
    Column("paid_minor", BigInteger, nullable=False),
    Column("paid_on", Date, nullable=True),
    sealed("account_number_sealed"),
    sealed("service_address_sealed"),
    Column("version", Integer, nullable=False),
)

# Wrong proofs of one resident, so that the amount of somebody's bill cannot be guessed.
claim_failures = table(
    "claim_failures",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    Column("failures", Integer, nullable=False),
    instant("window_started_at"),
)

# City-wide uniqueness by digest: one account per biller and account number, one bill per biller and number.
# The proof is a keyed digest of the newest bill's amount.
account_numbers = table(
    "account_numbers",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    digest("proof_digest"),
    Column("proof_issued_on", Date, nullable=False),
    instant("claimed_at", nullable=True),
)
bill_numbers = table(
    "bill_numbers",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("bill_id", Uuid, nullable=False),
    digest("content_digest"),
)

imports = table(
    "imports",
    metadata,
    Spread.LOCAL,
    id_key(),
    words("biller"),
    digest("file_digest"),
    Column("bill_count", Integer, nullable=False),
    Column("new_count", Integer, nullable=False),
    Column("paid_count", Integer, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    instant("imported_at"),
)
