"""OAuth clients: registering, changing, listing and withdrawing them."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services import audit, ids
from services.actor import Actor
from services.database.session import Session
from services.errors import Invalid, NotFound
from services.gateway.catalogue import REFRESHED, ScopeCatalogue
from services.gateway.client_rules import (
    CERTIFICATE_NAMES,
    CONSENTED,
    FAPI_METHODS,
    check_certificate_binding,
    check_certificate_names,
    check_detail_types,
    check_grants,
    check_keys,
    check_login_uri,
    check_redirect_uri,
    check_resource_servers,
    check_scopes,
    matches_redirect_uri,
)
from services.gateway.logout_rules import check_logout
from services.gateway.pairwise import sector_of
from services.gateway.store import clients as store


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


@dataclass(frozen=True, slots=True)
class NewClient:
    """A fresh client with its secret, which is shown once and never again."""

    client: Client
    secret: str | None


def create_client(
    session: Session,
    actor: Actor,
    *,
    catalogue: ScopeCatalogue,
    unit: str | None = None,
    client_id: str | None = None,
    registered_with: UUID | None = None,
    registration_digest: bytes | None = None,
    **metadata: Any,
) -> NewClient:
    """Register a client; `metadata` are the arguments of `checked_columns`.

    Standard: RFC 7591 section 2 (the meaning of the fields), RFC 9700 section 2.1 (redirect URIs).
    Effects: one row, one audit row `gateway.client.created`.
    Raises: Invalid 422 naming the field that is wrong.
    """
    columns = checked_columns(catalogue, **metadata)
    secret = ids.new_token(32) if columns["auth_method"] == "client_secret_basic" else None
    client_id = client_id or f"c-{ids.new_token(15)}"
    row = {
        "id": ids.new_id(),
        "client_id": client_id,
        "secret_digest": secret and hashlib.sha256(secret.encode()).digest(),
        "unit": unit,
        "sector": sector_of(columns["redirect_uris"], client_id),
        "registered_with": registered_with,
        "registration_digest": registration_digest,
        **columns,
        "created_at": session.at,
        "disabled_at": None,
    }
    store.add_client(session, row)
    audit.append(session, actor, "gateway.client.created", details={"client": client_id})
    return NewClient(_client(row), secret)


def checked_columns(
    catalogue: ScopeCatalogue,
    *,
    name: str,
    auth_method: str,
    grants: Sequence[str],
    scopes: Sequence[str],
    redirect_uris: Sequence[str] = (),
    post_logout_redirect_uris: Sequence[str] = (),
    jwks: Mapping[str, Any] | None = None,
    jwks_uri: str | None = None,
    certificate_names: Mapping[str, str] | None = None,
    tls_client_certificate_bound_access_tokens: bool = False,
    name_en: str | None = None,
    backchannel_logout_uri: str | None = None,
    backchannel_logout_session_required: bool = False,
    frontchannel_logout_uri: str | None = None,
    frontchannel_logout_session_required: bool = False,
    authorization_details_types: Sequence[str] = (),
    resource_servers: Sequence[str] = (),
    require_pushed_authorization_requests: bool = False,
    dpop_bound_access_tokens: bool = False,
    initiate_login_uri: str | None = None,
) -> dict[str, Any]:
    """Everything that a registration says, checked; who may ask for `offline_access` may also refresh.

    Raises: Invalid 422 naming the field that is wrong.
    """
    if REFRESHED & set(scopes) and CONSENTED & set(grants):
        grants = (*grants, "refresh_token")
    check_grants(auth_method, grants, redirect_uris)
    check_scopes(catalogue, auth_method, grants, scopes)
    for uri in (*redirect_uris, *post_logout_redirect_uris):
        check_redirect_uri(uri, is_public=auth_method == "none")
    if initiate_login_uri is not None:
        check_login_uri(initiate_login_uri, redirect_uris)
    keys = check_keys(auth_method, jwks, jwks_uri)
    logout = {
        "backchannel_logout_uri": backchannel_logout_uri,
        "backchannel_logout_session_required": backchannel_logout_session_required,
        "frontchannel_logout_uri": frontchannel_logout_uri,
        "frontchannel_logout_session_required": frontchannel_logout_session_required,
    }
    check_logout(redirect_uris, logout)
    check_resource_servers(catalogue, auth_method, resource_servers)
    names = check_certificate_names(auth_method, certificate_names or {})
    check_certificate_binding(auth_method, is_bound=tls_client_certificate_bound_access_tokens)
    check_detail_types(catalogue, authorization_details_types)
    return {
        "name": name,
        "name_en": name_en or name,
        "auth_method": auth_method,
        "jwks": keys[0],
        "jwks_uri": keys[1],
        **names,
        "tls_client_certificate_bound_access_tokens": tls_client_certificate_bound_access_tokens,
        "redirect_uris": list(redirect_uris),
        "initiate_login_uri": initiate_login_uri,
        "post_logout_redirect_uris": list(post_logout_redirect_uris),
        "grants": list(dict.fromkeys(grants)),
        "scopes": list(dict.fromkeys(scopes)),
        **logout,
        "authorization_details_types": list(dict.fromkeys(authorization_details_types)),
        "resource_servers": list(dict.fromkeys(resource_servers)),
        "require_pushed_authorization_requests": require_pushed_authorization_requests,
        "dpop_bound_access_tokens": dpop_bound_access_tokens,
    }


def replace_client(
    session: Session,
    actor: Actor,
    client: Client,
    *,
    catalogue: ScopeCatalogue,
    registration_digest: bytes | None = None,
    **metadata: Any,
) -> Client:
    """Put a new registration in the place of the old one; what is not said falls back to its default.

    How the client authenticates stays, and so do its secret and its sector.

    Standard: RFC 7592 section 2.2.
    Effects: one audit row `gateway.client.changed`.
    Raises: NotFound 404, Invalid 422.
    """
    values = checked_columns(catalogue, **metadata)
    if values["auth_method"] != client.auth_method:
        raise Invalid(field="auth", expected=client.auth_method)
    if registration_digest is not None:
        values["registration_digest"] = registration_digest
    row = store.set_client(session, client.client_id, values)
    if row is None:
        raise NotFound
    details = {"client": client.client_id, "fields": sorted(set(values) - {"registration_digest"})}
    audit.append(session, actor, "gateway.client.changed", details=details)
    return _client(row._asdict())


def list_clients(session: Session) -> list[tuple[Client, bool]]:
    """Every client with whether it is still live, oldest first."""
    return [(_client(row._asdict()), row.disabled_at is None) for row in store.list_clients(session)]


def find_client(session: Session, client_id: str) -> Client | None:
    """The live client of this public name, or None."""
    row = store.find_client(session, client_id)
    return None if row is None else _client(row)


def change_client(
    session: Session,
    actor: Actor,
    client_id: str,
    *,
    catalogue: ScopeCatalogue,
    scopes: Sequence[str] | None = None,
    redirect_uris: Sequence[str] | None = None,
    post_logout_redirect_uris: Sequence[str] | None = None,
    jwks: Mapping[str, Any] | None = None,
    jwks_uri: str | None = None,
    backchannel_logout_uri: str | None = None,
    backchannel_logout_session_required: bool | None = None,
    frontchannel_logout_uri: str | None = None,
    frontchannel_logout_session_required: bool | None = None,
    authorization_details_types: Sequence[str] | None = None,
    resource_servers: Sequence[str] | None = None,
) -> Client:
    """Change what a client may ask for, where its answers go, or its keys; what is None stays.

    The sector never changes with the addresses: people would get another `sub` at a client they know.

    Effects: one audit row `gateway.client.changed`.
    Raises: NotFound 404, Invalid 422.
    """
    client = find_client(session, client_id)
    if client is None:
        raise NotFound
    values: dict[str, Any] = {}
    if scopes is not None:
        check_scopes(catalogue, client.auth_method, client.grants, scopes)
        values["scopes"] = list(dict.fromkeys(scopes))
    for name, uris in (
        ("redirect_uris", redirect_uris),
        ("post_logout_redirect_uris", post_logout_redirect_uris),
    ):
        for uri in uris or ():
            check_redirect_uri(uri, is_public=client.is_public)
        if uris is not None:
            values[name] = list(uris)
    if jwks is not None or jwks_uri is not None:
        values["jwks"], values["jwks_uri"] = check_keys(client.auth_method, jwks, jwks_uri)
    values |= _changed_lists(catalogue, client, authorization_details_types, resource_servers)
    logout = {
        "backchannel_logout_uri": backchannel_logout_uri,
        "backchannel_logout_session_required": backchannel_logout_session_required,
        "frontchannel_logout_uri": frontchannel_logout_uri,
        "frontchannel_logout_session_required": frontchannel_logout_session_required,
    }
    values |= {name: value for name, value in logout.items() if value is not None}
    if not values:
        return client
    kept_logout = {name: values.get(name, getattr(client, name)) for name in logout}
    check_logout(values.get("redirect_uris", client.redirect_uris), kept_logout)
    check_grants(client.auth_method, client.grants, values.get("redirect_uris", client.redirect_uris))
    row = store.set_client(session, client_id, values)
    if row is None:
        raise NotFound
    details = {"client": client_id, "fields": sorted(values)}
    audit.append(session, actor, "gateway.client.changed", details=details)
    return _client(row._asdict())


def _changed_lists(
    catalogue: ScopeCatalogue,
    client: Client,
    authorization_details_types: Sequence[str] | None,
    resource_servers: Sequence[str] | None,
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if authorization_details_types is not None:
        check_detail_types(catalogue, authorization_details_types)
        values["authorization_details_types"] = list(dict.fromkeys(authorization_details_types))
    if resource_servers is not None:
        check_resource_servers(catalogue, client.auth_method, resource_servers)
        values["resource_servers"] = list(dict.fromkeys(resource_servers))
    return values


def cancel_client(session: Session, actor: Actor, client_id: str) -> None:
    """Withdraw a client: it can do nothing more, and every grant given to it ends at once.

    Effects: one audit row `gateway.client.cancelled`.
    Raises: NotFound 404.
    """
    if store.set_client(session, client_id, {"disabled_at": session.at}) is None:
        raise NotFound
    store.revoke_grants_of_client(session, client_id, "client_cancelled")
    audit.append(session, actor, "gateway.client.cancelled", details={"client": client_id})


def _client(row: Mapping[str, Any]) -> Client:
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
