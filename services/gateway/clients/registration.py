"""What a registration says, checked by the rules into the columns of a client. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.catalogue import REFRESHED, ScopeCatalogue
from services.gateway.client_rules import (
    CONSENTED,
    check_certificate_binding,
    check_certificate_names,
    check_detail_types,
    check_grants,
    check_keys,
    check_login_uri,
    check_redirect_uri,
    check_resource_servers,
    check_scopes,
)
from services.gateway.logout_rules import FIELDS as LOGOUT
from services.gateway.logout_rules import check_logout

# Kept as they were said, once they are checked.
PLAIN = (
    "auth_method",
    "initiate_login_uri",
    "require_pushed_authorization_requests",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    *LOGOUT,
)
ADDRESSES = ("redirect_uris", "post_logout_redirect_uris")
# Said twice is said once.
SETS = ("scopes", "authorization_details_types", "resource_servers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Everything that is said about a client when it is registered, before it is checked (RFC 7591 section 2)."""

    name: str
    auth_method: str
    grants: Sequence[str]
    scopes: Sequence[str]
    redirect_uris: Sequence[str] = ()
    post_logout_redirect_uris: Sequence[str] = ()
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    certificate_names: Mapping[str, str] | None = None
    tls_client_certificate_bound_access_tokens: bool = False
    name_en: str | None = None
    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str | None = None
    frontchannel_logout_session_required: bool = False
    authorization_details_types: Sequence[str] = ()
    resource_servers: Sequence[str] = ()
    require_pushed_authorization_requests: bool = False
    dpop_bound_access_tokens: bool = False
    initiate_login_uri: str | None = None


def checked_columns(catalogue: ScopeCatalogue, said: Registration) -> dict[str, Any]:
    """The columns of a registration; who may ask for `offline_access` may also refresh.

    Raises: Invalid 422 naming the field that is wrong.
    """
    grants = said.grants
    if REFRESHED & set(said.scopes) and CONSENTED & set(grants):
        grants = (*grants, "refresh_token")
    check_grants(said.auth_method, grants, said.redirect_uris)
    check_scopes(catalogue, said.auth_method, grants, said.scopes)
    for uri in (*said.redirect_uris, *said.post_logout_redirect_uris):
        check_redirect_uri(uri, is_public=said.auth_method == "none")
    if said.initiate_login_uri is not None:
        check_login_uri(said.initiate_login_uri, said.redirect_uris)
    jwks, jwks_uri = check_keys(said.auth_method, said.jwks, said.jwks_uri)
    check_logout(said.redirect_uris, {field: getattr(said, field) for field in LOGOUT})
    check_resource_servers(catalogue, said.auth_method, said.resource_servers)
    names = check_certificate_names(said.auth_method, said.certificate_names or {})
    check_certificate_binding(said.auth_method, is_bound=said.tls_client_certificate_bound_access_tokens)
    check_detail_types(catalogue, said.authorization_details_types)
    return {
        "name": said.name,
        "name_en": said.name_en or said.name,
        "grants": list(dict.fromkeys(grants)),
        "jwks": jwks,
        "jwks_uri": jwks_uri,
        **names,
        **{field: getattr(said, field) for field in PLAIN},
        **{field: list(getattr(said, field)) for field in ADDRESSES},
        **{field: list(dict.fromkeys(getattr(said, field))) for field in SETS},
    }
