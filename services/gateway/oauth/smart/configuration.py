"""What the FHIR base says about getting tokens for it: the gateway's own metadata, and what of SMART it can do.

Standard: SMART App Launch 2.2.0, section 4 (Conformance).
"""

from typing import Any

from services.gateway.client_rules import SMART_ASSERTION_ALGORITHMS
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.metadata import server_metadata

# Section 4.0.1. Not offered: a style sheet for applications, and an encounter chosen with the patient.
CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-ehr-patient",
    "context-standalone-patient",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
)
# As the gateway's own document has them.
SAME = (
    "issuer",
    "jwks_uri",
    "authorization_endpoint",
    "token_endpoint",
    "pushed_authorization_request_endpoint",
    "registration_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "userinfo_endpoint",
    "grant_types_supported",
    "response_types_supported",
    "scopes_supported",
    "code_challenge_methods_supported",
    "token_endpoint_auth_methods_supported",
    "authorization_response_iss_parameter_supported",
    "dpop_signing_alg_values_supported",
)


def smart_configuration(issuer: Issuer, certificate_methods: tuple[str, ...] = ()) -> dict[str, Any]:
    """The document of `[base]/.well-known/smart-configuration`."""
    metadata = server_metadata(issuer, certificate_methods)
    return {
        **{name: metadata[name] for name in SAME},
        "token_endpoint_auth_signing_alg_values_supported": list(SMART_ASSERTION_ALGORITHMS),
        "management_endpoint": f"{issuer.base_url}/my/account/consents",
        "capabilities": list(CAPABILITIES),
    }
