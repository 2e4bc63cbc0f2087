"""The gateway's tables. Codes and tokens are stored as digests only, partitioned by the day they expire."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Integer, LargeBinary, Text, Uuid
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
    Column("state", Text, nullable=False, server_default="standing"),  # offered, standing, declined, ended
    Column("services", ARRAY(Text), nullable=True),  # packages a carer may work in; None for a guardian: all
    sealed("name_sealed", nullable=True),  # the carer's name as typed, under the key of whom it is about
    instant("decided_at", nullable=True),
)

sessions = table(
    "sessions",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("acr"),
    Column("amr", ARRAY(Text), nullable=False, server_default="{}"),  # RFC 8176 names of what was shown
    instant("auth_time"),
    instant("started_at"),
    instant("expires_at"),
    instant("ended_at", nullable=True),
    sealed("origin_sealed", nullable=True),  # kind of browser and shortened address, under the account's key
    instant("seen_at", nullable=True),  # to the hour
)

clients = table(
    "clients",
    metadata,
    Spread.REFERENCE,
    id_key(),
    Column("client_id", Text, nullable=False, unique=True),
    words("name"),
    words("name_en"),
    words("auth_method"),  # one of `client_rules.AUTH_METHODS`
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
    words("initiate_login_uri", nullable=True),  # where SMART's EHR launch opens it
    # OpenID Connect Back-Channel Logout 2.2 and Front-Channel Logout 2.
    words("backchannel_logout_uri", nullable=True),
    Column("backchannel_logout_session_required", Boolean, nullable=False),
    words("frontchannel_logout_uri", nullable=True),
    Column("frontchannel_logout_session_required", Boolean, nullable=False),
    Column("authorization_details_types", ARRAY(Text), nullable=False),  # RFC 9396 section 10
    Column("resource_servers", ARRAY(Text), nullable=False),  # slugs of the services it receives tokens for
    words("jwks_uri", nullable=True),
    words("tls_client_auth_subject_dn", nullable=True),
    words("tls_client_auth_san_dns", nullable=True),
    words("tls_client_auth_san_uri", nullable=True),
    words("tls_client_auth_san_ip", nullable=True),
    words("tls_client_auth_san_email", nullable=True),
    Column("tls_client_certificate_bound_access_tokens", Boolean, nullable=False, server_default="false"),
    digest("registration_digest", nullable=True),  # of the registration access token (RFC 7592)
    Column("registered_with", Uuid, nullable=True),  # the initial access token, for clients that came by it
    instant("created_at"),
    instant("disabled_at", nullable=True),
)

# The keys of clients that publish them at an address, as last fetched; shared by all workers.
client_keys = table(
    "client_keys",
    metadata,
    Spread.LOCAL,
    Column("client_id", Text, primary_key=True),
    words("jwks_uri"),
    Column("jwks", JSONB, nullable=True),
    instant("asked_at"),
    instant("answered_at", nullable=True),
    instant("fetched_at", nullable=True),
)

# What lets a client register by itself (RFC 7591 section 3).
initial_access_tokens = table(
    "initial_access_tokens",
    metadata,
    Spread.LOCAL,
    id_key(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    words("purpose"),
    Column("uses_left", Integer, nullable=False),
    instant("created_at"),
    instant("expires_at"),
    instant("revoked_at", nullable=True),
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

# Failure counters of sign-in, by use and target: exponential back-off as data in `throttle.py`.
attempts = table(
    "attempts",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    words("use"),  # password_account, password_address, otp_account, recovery_account, token_client
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

# Keys that people sign in with instead of a password. The public key is nobody's secret; the name is the
# person's own word and sealed.
passkeys = table(
    "passkeys",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    Column("credential_id", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),  # COSE_Key
    Column("sign_count", BigInteger, nullable=False),
    Column("is_user_verified", Boolean, nullable=False),  # UV at registration
    Column("is_backup_eligible", Boolean, nullable=False),  # BE, which never changes
    Column("is_backed_up", Boolean, nullable=False),  # BS, as last seen
    Column("transports", ARRAY(Text), nullable=False),
    sealed("name_sealed"),
    instant("created_at"),
    instant("used_at", nullable=True),
)

# Uniqueness over the whole city: whose passkey answers under this credential id.
passkey_owners = table(
    "passkey_owners",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("passkey_id", Uuid, nullable=False),
)

# Printed codes that stand in for an authenticator once each; kept as keyed digests.
recovery_codes = table(
    "recovery_codes",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    digest("digest"),
    instant("created_at"),
    instant("consumed_at", nullable=True),
)

# Typed limits on how often something may be asked for (GCRA): the instant at which the allowance is whole again.
rate_limits = table(
    "rate_limits",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    words("use"),
    instant("arrives_at"),
)

# Codes sent to a phone or mailbox, and other texts on their way to one: bound to the request that asked, guessed at
# a few times, used once. The text is kept, sealed, only until it was sent.
one_time_codes = table(
    "one_time_codes",
    metadata,
    Spread.LOCAL,
    id_key(),
    words("use"),
    digest("code_digest"),
    Column("guesses_left", Integer, nullable=False),
    sealed("message_sealed", nullable=True),
    instant("expires_at"),
    instant("consumed_at", nullable=True),
    instant("sent_at", nullable=True),
)

# Somebody who forgot the password of an account and proved to hold its phone: waiting, ready, cancelled or used.
recoveries = table(
    "recoveries",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    instant("asked_at"),
    instant("ready_at"),
    instant("expires_at"),
    instant("cancelled_at", nullable=True),
    instant("used_at", nullable=True),
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
