"""A client as the rest of the gateway sees it."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.gateway.client_rules import CERTIFICATE_NAMES, FAPI_METHODS, matches_redirect_uri


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A registered client. Its secret is 256 random bits, so a plain SHA-256 of it is kept.

    `certificate_names` is the one name of RFC 8705 section 2.1.2 that its certificate bears; `shown_certificate`
    the thumbprint of the one that came with this request, where tokens have to be bound to it.
    """

    id: UUID
    client_id: str
    name: str
    name_en: str
    auth_method: str
    secret_digest: bytes | None
    jwks: Mapping[str, Any] | None
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    grants: tuple[str, ...]
    scopes: tuple[str, ...]
    unit: str | None
    sector: str
    require_pushed_authorization_requests: bool
    dpop_bound_access_tokens: bool
    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str | None = None
    frontchannel_logout_session_required: bool = False
    authorization_details_types: tuple[str, ...] = ()
    resource_servers: tuple[str, ...] = ()
    jwks_uri: str | None = None
    certificate_names: Mapping[str, str] = field(default_factory=dict)
    tls_client_certificate_bound_access_tokens: bool = False
    shown_certificate: str | None = None
    registration_digest: bytes | None = None
    initiate_login_uri: str | None = None

    @property
    def wants_session_id(self) -> bool:
        """Whether its ID tokens carry `sid` (Back-Channel Logout section 2.2, Front-Channel Logout section 2)."""
        return self.backchannel_logout_session_required or self.frontchannel_logout_session_required

    @property
    def is_fapi(self) -> bool:
        """Whether it registered as FAPI 2.0 wants it: keys of its own, pushed requests, bound tokens.

        Standard: FAPI 2.0 Security Profile section 5.3.2; such a client's refresh tokens do not rotate.
        """
        return (
            self.auth_method in FAPI_METHODS
            and self.require_pushed_authorization_requests
            and (self.dpop_bound_access_tokens or self.tls_client_certificate_bound_access_tokens)
        )

    @property
    def is_public(self) -> bool:
        """Whether it cannot keep a secret: an app on a phone, a page in a browser."""
        return self.auth_method == "none"

    def owns_secret(self, secret: str) -> bool:
        """Whether this is the client's secret, compared in constant time."""
        digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
        return self.secret_digest is not None and hmac.compare_digest(digest, self.secret_digest)

    def owns_registration(self, token: str) -> bool:
        """Whether this is the registration access token with which the client manages itself (RFC 7592)."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        return self.registration_digest is not None and hmac.compare_digest(digest, self.registration_digest)

    def owns_redirect_uri(self, uri: str) -> bool:
        """Whether an authorization may answer to this address."""
        return any(
            matches_redirect_uri(registered, uri, is_native=self.is_public)
            for registered in self.redirect_uris
        )


def client_of(row: Mapping[str, Any]) -> Client:
    """A client as its row has it."""
    return Client(
        id=row["id"],
        client_id=row["client_id"],
        name=row["name"],
        name_en=row["name_en"],
        auth_method=row["auth_method"],
        secret_digest=row["secret_digest"],
        jwks=row["jwks"],
        redirect_uris=tuple(row["redirect_uris"]),
        post_logout_redirect_uris=tuple(row["post_logout_redirect_uris"]),
        grants=tuple(row["grants"]),
        scopes=tuple(row["scopes"]),
        unit=row["unit"],
        sector=row["sector"],
        backchannel_logout_uri=row["backchannel_logout_uri"],
        backchannel_logout_session_required=row["backchannel_logout_session_required"],
        frontchannel_logout_uri=row["frontchannel_logout_uri"],
        frontchannel_logout_session_required=row["frontchannel_logout_session_required"],
        authorization_details_types=tuple(row["authorization_details_types"]),
        resource_servers=tuple(row["resource_servers"]),
        require_pushed_authorization_requests=row["require_pushed_authorization_requests"],
        dpop_bound_access_tokens=row["dpop_bound_access_tokens"],
        jwks_uri=row["jwks_uri"],
        registration_digest=row["registration_digest"],
        initiate_login_uri=row["initiate_login_uri"],
        certificate_names={name: row[name] for name in CERTIFICATE_NAMES if row[name]},
        tls_client_certificate_bound_access_tokens=row["tls_client_certificate_bound_access_tokens"],
    )
