"""The gateway's tables. Codes and tokens are stored as digests only, partitioned by the day they expire."""

from sqlalchemy import ARRAY, Boolean, Column, Date, Integer, Text, Uuid
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

metadata = metadata_for("gateway")

subjects = table(
    "subjects",
    metadata,
    Spread.SUBJECT,
    id_key(),
    words("kind"),  # resident, legal_person, staff, service_account, anonymous
    instant("created_at"),
    instant("shredded_at", nullable=True),
)

residents = table(
    "residents",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    sealed("name_sealed"),
    sealed("id_number_sealed"),
    sealed("phone_sealed", nullable=True),
    sealed("email_sealed", nullable=True),
    sealed("born_on_sealed"),  # ISO date; a birth date is personal data like the number it comes from
    instant("created_at"),
)

staff = table(
    "staff",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    sealed("name_sealed"),
    words("unit"),  # code of the department, clinic, biller or desk
    Column(
        "roles", ARRAY(Text), nullable=False
    ),  # operator, officer, supervisor, practitioner, biller, admin
    instant("created_at"),
    instant("ended_at", nullable=True),
)

accounts = table(
    "accounts",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    words("kind"),  # resident or staff
    words("password_hash"),
    sealed("totp_sealed", nullable=True),
    Column("totp_last_step", Integer, nullable=True),  # the last time step spent: a code works once
    words("language", nullable=True),
    instant("created_at"),
    instant("ended_at", nullable=True),
)

# Uniqueness over the whole city: who signs in under this ID number, phone or staff user name.
usernames = table(
    "usernames",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    words("kind"),  # id_number, phone, username
    Column("subject_id", Uuid, nullable=False),
)

# For whom an account may act: a guardian for a child, a carer with an end.
relations = table(
    "relations",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    Column("for_subject_id", Uuid, nullable=False),
    words("relation"),  # guardian or carer
    instant("starts_at"),
    instant("ends_at", nullable=True),
)

sessions = table(
    "sessions",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("acr"),
    instant("auth_time"),
    instant("started_at"),
    instant("expires_at"),
    instant("ended_at", nullable=True),
)

clients = table(
    "clients",
    metadata,
    Spread.REFERENCE,
    id_key(),
    Column("client_id", Text, nullable=False, unique=True),
    words("name"),
    words("name_en"),
    words("auth_method"),  # none, client_secret_basic, private_key_jwt
    digest("secret_digest", nullable=True),
    Column("jwks", JSONB, nullable=True),
    Column("redirect_uris", ARRAY(Text), nullable=False),
    Column("post_logout_redirect_uris", ARRAY(Text), nullable=False),
    Column("grants", ARRAY(Text), nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    words("unit", nullable=True),  # the organisation whose system this is: a biller's or clinic's code
    words("sector"),  # host that pairwise subject identifiers are computed for
    Column("require_pushed_authorization_requests", Boolean, nullable=False, server_default="false"),
    Column("dpop_bound_access_tokens", Boolean, nullable=False, server_default="false"),
    instant("created_at"),
    instant("disabled_at", nullable=True),
)

# The resident's standing yes to one client, for one subject; shown on the consents page.
consents = table(
    "consents",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("client_id"),
    Column("for_subject_id", Uuid, nullable=False),
    words("relation"),
    Column("scopes", ARRAY(Text), nullable=False),
    instant("given_at"),
    instant("withdrawn_at", nullable=True),
)

# One authorization, the family of all tokens that come from it. Access tokens are never stored.
grants = table(
    "grants",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("client_id"),
    Column("consent_id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("for_subject_id", Uuid, nullable=False),
    words("relation"),
    Column("scopes", ARRAY(Text), nullable=False),
    words("acr"),
    instant("auth_time"),
    instant("given_at"),
    instant("expires_at"),
    instant("revoked_at", nullable=True),
    words("revoked_because", nullable=True),
)

authorization_codes = table(
    "authorization_codes",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("expires_on", Date, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("grant_id", Uuid, nullable=False),
    words("client_id"),
    words("redirect_uri"),
    Column("scopes", ARRAY(Text), nullable=False),
    words("code_challenge"),
    words("nonce", nullable=True),
    Column("resources", ARRAY(Text), nullable=False),
    words("dpop_jkt", nullable=True),  # thumbprint of the key that must redeem it
    instant("expires_at"),
    instant("consumed_at", nullable=True),
    postgresql_partition_by="RANGE (expires_on)",
)

# Authorization requests that clients pushed (RFC 9126). Opened by a browser within their life, they may then
# take as long as a person takes; the answer spends them.
pushed_requests = table(
    "pushed_requests",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("expires_on", Date, primary_key=True),
    words("client_id"),
    sealed("parameters_sealed"),
    instant("expires_at"),
    instant("opened_at", nullable=True),
    instant("consumed_at", nullable=True),
    postgresql_partition_by="RANGE (expires_on)",
)

# Proofs of possession that were shown once (RFC 9449 section 11.1), shared by all workers.
spent_proofs = table(
    "spent_proofs",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("expires_on", Date, primary_key=True),
    postgresql_partition_by="RANGE (expires_on)",
)

refresh_tokens = table(
    "refresh_tokens",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("expires_on", Date, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("grant_id", Uuid, nullable=False),
    words("client_id"),
    Column("scopes", ARRAY(Text), nullable=False),
    words("dpop_jkt", nullable=True),  # thumbprint of the key that must refresh with it
    instant("expires_at"),
    instant("consumed_at", nullable=True),
    postgresql_partition_by="RANGE (expires_on)",
)

# Access tokens revoked one by one (RFC 7009); read by `gateway.open_request`.
revoked_tokens = table(
    "revoked_tokens",
    metadata,
    Spread.LOCAL,
    Column("token_id", Uuid, primary_key=True),
    Column("expires_on", Date, primary_key=True),
    postgresql_partition_by="RANGE (expires_on)",
)

# Failure counters of sign-in, by use and target: exponential back-off as data in `throttle.py`.
attempts = table(
    "attempts",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    words("use"),  # password_account, password_address, otp_account, token_client
    Column("failures", Integer, nullable=False),
    instant("window_started_at"),
    instant("free_at"),
)

# Browsers in which an account has signed in before: others' failures never keep them out.
known_devices = table(
    "known_devices",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    instant("seen_at"),
)

# What this database is: that it carries the demo city, and which steps of its seeding are done.
markers = table(
    "markers",
    metadata,
    Spread.LOCAL,
    Column("name", Text, primary_key=True),
    words("value"),
    instant("set_at"),
)
