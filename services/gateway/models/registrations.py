"""Applications, their keys, and what lets them register by themselves."""

from sqlalchemy import ARRAY, Boolean, Column, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.database.tables import Spread, digest, id_key, instant, table, words
from services.gateway.models.schema import metadata

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
