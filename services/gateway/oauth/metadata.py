"""What the authorization server says about itself; one source for both well-known documents.

Standard: RFC 8414 section 2, OpenID Connect Discovery section 3, RFC 9207 section 3, RFC 8628
section 4, RFC 9728 section 2.
"""

from typing import Any

from authlib.oauth2 import rfc9207
from authlib.oidc import discovery, rpinitiated

from services.gateway.client_rules import ASSERTION_ALGORITHMS, GRANTS
from services.gateway.oauth import dpop, id_token, introspection_response, pkce
from services.gateway.oauth.authorization_request import PROMPTS
from services.gateway.oauth.claims_request import CHECKED, TRUST_FRAMEWORK
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.server import ALL_METHODS
from services.gateway.people.acr import LADDER
from services.manifest import Manifest

# Open to everybody; those by certificate need a proxy that passes certificates on.
UNCERTIFIED_METHODS = tuple(method for method in ALL_METHODS if not method.endswith("tls_client_auth"))
MTLS_ENDPOINTS = {
    "token_endpoint": "/oauth/token",
    "pushed_authorization_request_endpoint": "/oauth/par",
    "device_authorization_endpoint": "/oauth/device_authorization",
    "revocation_endpoint": "/oauth/revoke",
    "introspection_endpoint": "/oauth/introspect",
    "userinfo_endpoint": "/oauth/userinfo",
}
ENDPOINTS = {
    **MTLS_ENDPOINTS,
    "authorization_endpoint": "/oauth/authorize",
    "registration_endpoint": "/oauth/register",
    "end_session_endpoint": "/oauth/logout",
    "jwks_uri": "/oauth/jwks",
    "service_documentation": "/docs",
}
# What is so for every installation.
CAPABILITIES = {
    "response_types_supported": ["code"],
    "response_modes_supported": ["query"],
    "grant_types_supported": list(GRANTS),
    "code_challenge_methods_supported": list(pkce.METHODS),
    "subject_types_supported": ["pairwise"],
    "id_token_signing_alg_values_supported": list(id_token.ALGORITHMS),
    "introspection_signing_alg_values_supported": list(introspection_response.ALGORITHMS),
    "acr_values_supported": list(LADDER),
    "prompt_values_supported": sorted(PROMPTS),
    "claim_types_supported": ["normal"],
    "claims_supported": [
        "iss", "sub", "aud", "exp", "iat", "auth_time", "acr", "amr", "azp", "act", "sid", "verified_claims", "name",
    ],
    "claims_parameter_supported": True,
    "verified_claims_supported": True,
    "trust_frameworks_supported": [TRUST_FRAMEWORK],
    "claims_in_verified_claims_supported": list(CHECKED),
    "request_parameter_supported": True,
    "request_object_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
    "request_uri_parameter_supported": False,
    "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
    "authorization_response_iss_parameter_supported": True,
    "ui_locales_supported": ["zh-Hans", "en"],
    "backchannel_logout_supported": True,
    "backchannel_logout_session_supported": True,
    "frontchannel_logout_supported": True,
    "frontchannel_logout_session_supported": True,
}  # fmt: skip


class _ProviderMetadata(discovery.OpenIDProviderMetadata):  # type: ignore[misc]
    """Discovery's rules but one: it demands RS256, which FAPI 2.0 forbids and we never sign with."""

    def validate_id_token_signing_alg_values_supported(self) -> None:
        if set(self["id_token_signing_alg_values_supported"]) & {"none", "HS256", "RS256"}:
            raise ValueError("ID tokens are signed with a key of our own, by an algorithm of FAPI's list")


def server_metadata(issuer: Issuer, certificate_methods: tuple[str, ...] = ()) -> dict[str, Any]:
    """The document of both `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`.

    `certificate_methods` are the ways of RFC 8705 that are open here.

    Raises: ValueError when it breaks the standards' own rules, checked by Authlib.
    """
    document = {
        "issuer": issuer.base_url,
        **{name: f"{issuer.base_url}{path}" for name, path in ENDPOINTS.items()},
        "require_pushed_authorization_requests": issuer.requires_par,
        "scopes_supported": scopes_listed(issuer),
        "authorization_details_types_supported": sorted(issuer.catalogue.detail_types),
        **CAPABILITIES,
        **_authentication("token", (*UNCERTIFIED_METHODS, *certificate_methods)),
        **_authentication("revocation", (*UNCERTIFIED_METHODS, *certificate_methods)),
        **_authentication("introspection", (*UNCERTIFIED_METHODS[1:], *certificate_methods)),
        **_mutual_tls(issuer, certificate_methods),
    }
    _ProviderMetadata(document).validate(
        metadata_classes=[rfc9207.AuthorizationServerMetadata, rpinitiated.OpenIDProviderMetadata]
    )
    return document


def scopes_listed(issuer: Issuer) -> list[str]:
    """Every scope that can be listed, and examples of those with a grammar."""
    smart = issuer.catalogue.smart
    return sorted({*issuer.catalogue.scopes, *(smart.examples if smart is not None else ())})


def _mutual_tls(issuer: Issuer, methods: tuple[str, ...]) -> dict[str, Any]:
    """RFC 8705 sections 3.3 and 5; the aliases are for a door of its own at which browsers are not asked."""
    if not methods:
        return {"tls_client_certificate_bound_access_tokens": False}
    document: dict[str, Any] = {"tls_client_certificate_bound_access_tokens": True}
    if issuer.mtls_base_url is not None:
        document["mtls_endpoint_aliases"] = {
            name: f"{issuer.mtls_base_url}{path}" for name, path in MTLS_ENDPOINTS.items()
        }
    return document


def resource_metadata(
    issuer: Issuer, service: Manifest, certificate_methods: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What one service says about itself as a protected resource."""
    catalogue = issuer.catalogue
    smart = service.smart.examples if service.smart is not None else ()
    own = (name for name, owner in catalogue.services.items() if owner.name == service.name)
    scopes = sorted((*own, *smart))
    return {
        "resource": f"{issuer.base_url}/{service.slug}",
        "resource_name": service.title,
        "resource_documentation": f"{issuer.base_url}/docs",
        "authorization_servers": [issuer.base_url],
        "scopes_supported": scopes,
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
        "tls_client_certificate_bound_access_tokens": bool(certificate_methods),
    }


def _authentication(endpoint: str, methods: tuple[str, ...]) -> dict[str, list[str]]:
    prefix = f"{endpoint}_endpoint_auth"
    return {
        f"{prefix}_methods_supported": list(methods),
        f"{prefix}_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
    }
