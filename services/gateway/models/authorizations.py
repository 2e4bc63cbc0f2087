"""What clients were allowed, and the codes and tokens on the way to it and from it.

Codes and tokens are stored as digests only, partitioned by the day they expire.
"""

from sqlalchemy import ARRAY, Column, Date, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables import Spread, digest, id_key, instant, sealed, subject_key, table, words
from services.gateway.models.schema import metadata

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
    sealed("authorization_details_sealed", nullable=True),  # RFC 9396; may name a household's account
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
    # Where it was given; `session_id` moves on with a new sign-in, the `sid` that the client knows does not.
    Column("first_session_id", Uuid, nullable=True),
    Column("for_subject_id", Uuid, nullable=False),
    words("relation"),
    Column("scopes", ARRAY(Text), nullable=False),
    sealed("authorization_details_sealed", nullable=True),
    Column("requested_claims", JSONB, nullable=True),  # OpenID Connect Core section 5.5
    Column("patient_id", Uuid, nullable=True),  # SMART: the one resident whose file a launch by staff opened
    words("acr"),
    Column("amr", ARRAY(Text), nullable=False, server_default="{}"),
    instant("auth_time"),
    instant("given_at"),
    instant("expires_at"),
    instant("revoked_at", nullable=True),
    words("revoked_because", nullable=True),
    instant("used_at", nullable=True),  # when tokens were last issued from it, to the hour
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

# SMART App Launch: an application that a practitioner opened on one resident's file, before it asked for tokens.
launches = table(
    "launches",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("expires_on", Date, primary_key=True),
    words("client_id"),
    Column("account_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    instant("expires_at"),
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

# RFC 8628: a device's code and the user code that a person types for it. Both are digests; the state is a
# word of the table in `oauth/device_grant/states.py`.
device_codes = table(
    "device_codes",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("expires_on", Date, primary_key=True),
    digest("user_code_digest"),
    words("client_id"),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("resources", ARRAY(Text), nullable=False),
    words("state"),
    Column("interval_seconds", Integer, nullable=False),
    instant("polled_at", nullable=True),
    Column("subject_id", Uuid, nullable=True),
    Column("grant_id", Uuid, nullable=True),
    instant("expires_at"),
    postgresql_partition_by="RANGE (expires_on)",
)

# OpenID Connect Back-Channel Logout: what is still to be told to a client. The state is a word of the table
# in `oauth/backchannel_logout/states.py`.
logout_notices = table(
    "logout_notices",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("client_id"),
    Column("session_id", Uuid, nullable=False),  # the one that the client's `sid` stands for
    Column("for_subject_id", Uuid, nullable=False),
    words("state"),
    Column("attempts", Integer, nullable=False),
    instant("queued_at"),
    instant("settled_at", nullable=True),
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
