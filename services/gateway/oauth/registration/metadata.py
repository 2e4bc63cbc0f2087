"""A registration as its standards spell it, into the fields of a `clients.Registration` and back.

Standard: RFC 7591 section 2, RFC 8705 section 2.1.2, RFC 9126 section 6, RFC 9449 section 5.2, RFC 9396 section 10,
OpenID Connect Back-Channel Logout section 2.2, Front-Channel Logout section 2, RP-Initiated Logout section 3.1.
Members that are not known are ignored (RFC 7591 section 2).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from services.errors import Invalid
from services.gateway.catalogue import ScopeCatalogue
from services.gateway.client_rules import CERTIFICATE_NAMES
from services.gateway.clients import Client, Registration, checked_columns
from services.gateway.oauth.registration.errors import (
    InvalidClientMetadata,
    InvalidRedirectUri,
    UnapprovedSoftwareStatement,
)
from services.gateway.oauth.registration.policy import LONGEST_NAME, MOST_ADDRESSES, check_policy

FLAGS = (
    "backchannel_logout_session_required",
    "frontchannel_logout_session_required",
    "require_pushed_authorization_requests",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
)
TEXTS = ("backchannel_logout_uri", "frontchannel_logout_uri", "jwks_uri", "initiate_login_uri")
ID_TOKEN_ALGORITHM = "ES256"  # noqa: S105  # a name
# Our rules' own words for fields that the standard calls otherwise.
FIELDS = {
    "auth": "token_endpoint_auth_method",
    "grant": "grant_types",
    "name": "client_name",
}
ADDRESSES = frozenset({"redirect_uri"})


def read_metadata(catalogue: ScopeCatalogue, document: object) -> dict[str, Any]:
    """The arguments of a registration, checked by our rules and by the policy for self-registered clients.

    Raises: InvalidRedirectUri, InvalidClientMetadata, UnapprovedSoftwareStatement; each 400.
    """
    if not isinstance(document, dict):
        raise InvalidClientMetadata("The registration must be a JSON object.")
    if "software_statement" in document:
        raise UnapprovedSoftwareStatement
    _check_responses(document)
    redirect_uris = _list_of(document, "redirect_uris")
    named = {name: _text_of(document, name) for name in CERTIFICATE_NAMES}
    given: dict[str, Any] = {
        "name": _name_of(document, redirect_uris),
        "name_en": _text_of(document, "client_name#en", longest=LONGEST_NAME),
        "auth_method": _text_of(document, "token_endpoint_auth_method") or "client_secret_basic",
        "grants": _list_of(document, "grant_types") or ["authorization_code"],
        "scopes": (_text_of(document, "scope") or "openid").split(),
        "redirect_uris": redirect_uris,
        "post_logout_redirect_uris": _list_of(document, "post_logout_redirect_uris"),
        "authorization_details_types": _list_of(document, "authorization_details_types"),
        "jwks": document.get("jwks"),
        "certificate_names": {name: value for name, value in named.items() if value},
        **{name: _text_of(document, name) for name in TEXTS},
        **{name: _flag_of(document, name) for name in FLAGS},
    }
    if given["jwks"] is not None and not isinstance(given["jwks"], dict):
        raise InvalidClientMetadata("jwks must be a JWK Set.")
    check_policy(catalogue, auth_method=given["auth_method"], grants=given["grants"], scopes=given["scopes"])
    try:
        checked_columns(catalogue, Registration(**given))
    except Invalid as error:
        if error.field in ADDRESSES:
            raise InvalidRedirectUri from None
        field = FIELDS.get(error.field or "", error.field)
        raise InvalidClientMetadata(f"{field} may not be so.") from None
    return given


def shown_metadata(client: Client) -> dict[str, Any]:
    """All that is registered about a client (RFC 7591 section 3.2.1)."""
    document: dict[str, Any] = {
        "client_id": client.client_id,
        "client_name": client.name,
        "client_name#en": client.name_en,
        "token_endpoint_auth_method": client.auth_method,
        "grant_types": list(client.grants),
        "response_types": ["code"] if "authorization_code" in client.grants else [],
        "scope": " ".join(client.scopes),
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "subject_type": "pairwise",
        "id_token_signed_response_alg": ID_TOKEN_ALGORITHM,
        **client.certificate_names,
        **{name: getattr(client, name) for name in FLAGS},
    }
    if client.authorization_details_types:
        document["authorization_details_types"] = list(client.authorization_details_types)
    if client.jwks is not None:
        document["jwks"] = client.jwks
    document |= {name: getattr(client, name) for name in TEXTS if getattr(client, name) is not None}
    return document


def _check_responses(document: Mapping[str, Any]) -> None:
    """RFC 7591 section 2.1: response types and grants must fit, and code is the only one there is."""
    grants = _list_of(document, "grant_types") or ["authorization_code"]
    default = ["code"] if "authorization_code" in grants else []
    responses = _list_of(document, "response_types") if "response_types" in document else default
    if set(responses) - {"code"} or ("code" in responses) != ("authorization_code" in grants):
        raise InvalidClientMetadata("response_types and grant_types do not fit.")
    if (_text_of(document, "id_token_signed_response_alg") or ID_TOKEN_ALGORITHM) != ID_TOKEN_ALGORITHM:
        raise InvalidClientMetadata("id_token_signed_response_alg must be ES256.")


def _name_of(document: Mapping[str, Any], redirect_uris: list[str]) -> str:
    """What people will read on the consent page: the name given, else the host that gets the answer."""
    chinese = _text_of(document, "client_name#zh-Hans", longest=LONGEST_NAME)
    given = chinese or _text_of(document, "client_name", longest=LONGEST_NAME)
    try:
        host = urlsplit(redirect_uris[0]).hostname if redirect_uris else None
    except ValueError:
        raise InvalidRedirectUri from None
    name = given or host
    if name is None:
        raise InvalidClientMetadata("client_name is missing.")
    return name


def _text_of(document: Mapping[str, Any], name: str, *, longest: int = 2000) -> str | None:
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > longest:
        raise InvalidClientMetadata(f"{name} must be a printable text.")
    return value


def _list_of(document: Mapping[str, Any], name: str) -> list[str]:
    values = document.get(name)
    if values is None:
        return []
    is_sound = isinstance(values, list) and all(isinstance(value, str) for value in values)
    if not is_sound or len(values) > MOST_ADDRESSES:
        raise InvalidClientMetadata(f"{name} must be a list of at most {MOST_ADDRESSES} texts.")
    return list(dict.fromkeys(values))


def _flag_of(document: Mapping[str, Any], name: str) -> bool:
    value = document.get(name)
    if value is not None and not isinstance(value, bool):
        raise InvalidClientMetadata(f"{name} must be true or false.")
    return bool(value)
