"""How an account is entered besides its password, and what slows down those who guess."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Integer, LargeBinary, Text, Uuid

from services.database.tables import Spread, digest, id_key, instant, sealed, subject_key, table, words
from services.gateway.models.schema import metadata

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
