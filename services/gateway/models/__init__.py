"""The gateway's tables, by what they hold."""

from services.gateway.models.authorizations import (
    authorization_codes,
    consents,
    device_codes,
    grants,
    launches,
    logout_notices,
    pushed_requests,
    refresh_tokens,
    revoked_tokens,
    spent_proofs,
)
from services.gateway.models.database import markers
from services.gateway.models.people import (
    accounts,
    known_devices,
    relations,
    residents,
    sessions,
    staff,
    subjects,
    usernames,
)
from services.gateway.models.registrations import client_keys, clients, initial_access_tokens
from services.gateway.models.schema import metadata
from services.gateway.models.ways_in import (
    attempts,
    one_time_codes,
    passkey_owners,
    passkeys,
    rate_limits,
    recoveries,
    recovery_codes,
)

__all__ = [
    "accounts",
    "attempts",
    "authorization_codes",
    "client_keys",
    "clients",
    "consents",
    "device_codes",
    "grants",
    "initial_access_tokens",
    "known_devices",
    "launches",
    "logout_notices",
    "markers",
    "metadata",
    "one_time_codes",
    "passkey_owners",
    "passkeys",
    "pushed_requests",
    "rate_limits",
    "recoveries",
    "recovery_codes",
    "refresh_tokens",
    "relations",
    "residents",
    "revoked_tokens",
    "sessions",
    "spent_proofs",
    "staff",
    "subjects",
    "usernames",
]
