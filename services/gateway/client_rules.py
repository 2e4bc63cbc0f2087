"""What a client may register: grants, scopes, addresses and keys. Pure rules."""

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from services.errors import Invalid
from services.gateway.catalogue import ScopeCatalogue

AUTH_METHODS = (
    "none",
    "client_secret_basic",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
)
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628 section 3.4
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105  # RFC 8693 section 2.1
GRANTS = ("authorization_code", "refresh_token", "client_credentials", DEVICE_CODE, TOKEN_EXCHANGE)
# Grants at whose beginning a person says yes, and which may bring refresh tokens.
CONSENTED = frozenset({"authorization_code", DEVICE_CODE})
# FAPI 2.0 Security Profile section 5.3.2.1-6: how its clients may authenticate.
FAPI_METHODS = ("private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth")
KEYED_METHODS = ("private_key_jwt", "self_signed_tls_client_auth")
# RFC 8705 section 2.1.2: the one name that the certificate must bear.
CERTIFICATE_NAMES = (
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
)
ASSERTION_ALGORITHMS = ("ES256", "PS256", "EdDSA")
# And of clients that are not of FAPI: what SMART App Launch demands of servers beside those.
SMART_ASSERTION_ALGORITHMS = (*ASSERTION_ALGORITHMS, "ES384", "RS384")

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_SMALLEST_RSA_BITS = 2048
_MOST_KEYS = 32
# RFC 8252 section 7.3: registered without a port, a native app's loopback address takes any port.
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\])(/.*)?")
_LOOPBACK_WITH_PORT = re.compile(r"http://(127\.0\.0\.1|\[::1\]):[1-9][0-9]{0,4}(/.*)?")
_SOUND_URI = re.compile(r"[!#-;=?-\[\]_a-z~%]{1,2000}")


def check_grants(auth_method: str, grants: Sequence[str], redirect_uris: Sequence[str]) -> None:
    """Whether the grants fit the way the client authenticates and answers.

    Raises: Invalid naming the field.
    """
    if auth_method not in AUTH_METHODS:
        raise Invalid(field="auth", expected=" | ".join(AUTH_METHODS))
    if not grants or set(grants) - set(GRANTS):
        raise Invalid(field="grant", expected=" | ".join(GRANTS))
    for grant in ("client_credentials", TOKEN_EXCHANGE):
        if grant in grants and auth_method == "none":
            # RFC 6749 section 4.4: without proof of who it is, anybody would be this client.
            raise Invalid(field="grant", expected=f"{grant} + client_secret_basic | private_key_jwt")
    if "refresh_token" in grants and not CONSENTED & set(grants):
        raise Invalid(field="grant", expected="authorization_code + refresh_token")
    if ("authorization_code" in grants) != bool(redirect_uris):
        raise Invalid(field="redirect_uri", expected="authorization_code + redirect_uri")


def check_scopes(
    catalogue: ScopeCatalogue, auth_method: str, grants: Sequence[str], scopes: Sequence[str]
) -> None:
    """Whether the scopes exist and somebody who comes through these grants may hold them.

    Standard: SMART App Launch 2.2, section 5 (Backend Services): a system proves itself with a key of its own.
    Raises: Invalid naming the field.
    """
    if not scopes or not all(catalogue.find(name) for name in scopes):
        raise Invalid(field="scope", expected=" ".join(_listed(catalogue)))
    is_machine = not (CONSENTED | {TOKEN_EXCHANGE}) & set(grants)
    if is_machine and not all(catalogue.allowed(name, "client") for name in scopes):
        for_machines = (name for name in _listed(catalogue) if catalogue.allowed(name, "client"))
        raise Invalid(field="scope", expected=" ".join(for_machines))
    if auth_method not in FAPI_METHODS and any(
        catalogue.is_smart(name) and catalogue.allowed(name, "client") for name in scopes
    ):
        raise Invalid(field="scope", expected=" | ".join(FAPI_METHODS))


def _listed(catalogue: ScopeCatalogue) -> list[str]:
    return sorted({*catalogue.scopes, *(catalogue.smart.examples if catalogue.smart else ())})


def check_detail_types(catalogue: ScopeCatalogue, types: Sequence[str]) -> None:
    """Whether these types of authorization details exist (RFC 9396 section 10).

    Raises: Invalid naming the field.
    """
    if set(types) - set(catalogue.detail_types):
        raise Invalid(
            field="authorization_details_types", expected=" | ".join(sorted(catalogue.detail_types))
        )


def check_resource_servers(catalogue: ScopeCatalogue, auth_method: str, slugs: Sequence[str]) -> None:
    """Whether a client may receive tokens for these services: they exist, and it can prove who it is.

    Raises: Invalid naming the field.
    """
    known = sorted({service.slug for service in catalogue.services.values()})
    if set(slugs) - set(known) or (slugs and auth_method == "none"):
        raise Invalid(field="resource_server", expected=" | ".join(known))


def check_redirect_uri(uri: str, *, is_public: bool) -> None:
    """Whether an address may be registered: https, http on this device only, or an app's own scheme.

    Standard: RFC 9700 section 4.1.3, RFC 8252 section 7.
    Raises: Invalid naming the field.
    """
    expected = "https://host/path, http://127.0.0.1/path, com.example.app:/path"
    if not _SOUND_URI.fullmatch(uri):
        raise Invalid(field="redirect_uri", expected=expected)
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Invalid(field="redirect_uri", expected=expected) from None
    del port
    is_sound = {
        "https": bool(host),
        "http": host in LOOPBACK_HOSTS,
    }.get(parts.scheme, is_public and "." in parts.scheme and not parts.netloc)
    if not is_sound or "#" in uri or "@" in parts.netloc:
        raise Invalid(field="redirect_uri", expected=expected)


def check_login_uri(uri: str, redirect_uris: Sequence[str]) -> None:
    """Whether a client may be opened at this address: https, or http on this device; it begins a flow of its own.

    Standard: OpenID Connect Dynamic Registration section 2 (`initiate_login_uri`), SMART App Launch section 2.0.5.
    Raises: Invalid naming the field.
    """
    parts = urlsplit(uri) if _SOUND_URI.fullmatch(uri) else None
    is_sound = parts is not None and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS)
    )
    if parts is None or not is_sound or not parts.hostname or "#" in uri or "@" in parts.netloc:
        raise Invalid(field="initiate_login_uri", expected="https://host/path")
    if not redirect_uris:
        raise Invalid(field="initiate_login_uri", expected="authorization_code + redirect_uri")


def matches_redirect_uri(registered: str, given: str, *, is_native: bool) -> bool:
    """Whether a request's address is a registered one, byte for byte.

    Only a public client's numeric loopback address that was registered without a port takes any port.

    Standard: RFC 9700 section 2.1, RFC 8252 section 7.3.
    """
    if registered == given:
        return True
    wanted, got = _LOOPBACK.fullmatch(registered), _LOOPBACK_WITH_PORT.fullmatch(given)
    return is_native and wanted is not None and got is not None and wanted.groups() == got.groups()


def check_keys(
    auth_method: str, jwks: Mapping[str, Any] | None, jwks_uri: str | None
) -> tuple[dict[str, Any] | None, str | None]:
    """The public keys of a client that signs, or the address where it publishes them: one of the two.

    Standard: RFC 7591 section 2 (`jwks` and `jwks_uri` never together).
    Raises: Invalid naming the field.
    """
    if jwks_uri is None:
        return check_jwks(auth_method, jwks), None
    if auth_method not in KEYED_METHODS:
        raise Invalid(field="jwks_uri", expected=" | ".join(KEYED_METHODS))
    if jwks is not None:
        raise Invalid(field="jwks_uri", expected="jwks | jwks_uri")
    if not _is_key_address(jwks_uri):
        raise Invalid(field="jwks_uri", expected="https://host/path")
    return None, jwks_uri


def _is_key_address(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS)
    return is_safe and bool(parts.hostname) and "@" not in parts.netloc and bool(_SOUND_URI.fullmatch(uri))


def check_jwks(auth_method: str, jwks: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The public keys of a client that signs; no private or shared key is ever taken in.

    Raises: Invalid naming the field.
    """
    if auth_method not in KEYED_METHODS:
        if jwks is not None:
            raise Invalid(field="jwks", expected=" | ".join(KEYED_METHODS))
        return None
    expected = "JWK Set {keys: [...]}, public EC P-256 or P-384, OKP Ed25519, RSA >= 2048"
    try:
        keys = KeySet.import_key_set(dict(jwks or {"keys": []}))  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise Invalid(field="jwks", expected=expected) from None
    if not keys.keys or not all(_is_sound_key(key) for key in keys.keys):
        raise Invalid(field="jwks", expected=expected)
    if auth_method == "self_signed_tls_client_auth" and not all(key.get("x5c") for key in keys.keys):
        # RFC 8705 section 2.2.2: the certificates stand beside the keys.
        raise Invalid(field="jwks", expected="x5c")
    return {"keys": [dict(key.as_dict(private=False)) for key in keys.keys]}


def check_certificate_names(auth_method: str, names: Mapping[str, str]) -> dict[str, str | None]:
    """The one name by which a client's certificate is known, as a value for each of the five columns.

    Standard: RFC 8705 section 2.1.2.
    Raises: Invalid naming the field.
    """
    given = {name: value for name, value in names.items() if value}
    if auth_method != "tls_client_auth":
        if given:
            raise Invalid(field=min(given), expected="tls_client_auth")
        return dict.fromkeys(CERTIFICATE_NAMES)
    if len(given) != 1 or not set(given) <= set(CERTIFICATE_NAMES):
        raise Invalid(field=CERTIFICATE_NAMES[0], expected=" | ".join(CERTIFICATE_NAMES))
    ((name, value),) = given.items()
    try:
        is_sound = len(value) <= _LONGEST_NAME and value.isprintable() and _CHECKS[name](value)
    except ValueError:
        is_sound = False
    if not is_sound:
        raise Invalid(field=name, expected=_EXAMPLES[name])
    return dict.fromkeys(CERTIFICATE_NAMES) | {name: value}


_LONGEST_NAME = 1000
_CHECKS: Mapping[str, Callable[[str], object]] = {
    "tls_client_auth_subject_dn": lambda value: x509.Name.from_rfc4514_string(value).rdns,
    "tls_client_auth_san_dns": re.compile(r"[A-Za-z0-9*._-]+").fullmatch,
    "tls_client_auth_san_uri": lambda value: urlsplit(value).scheme,
    "tls_client_auth_san_ip": ip_address,
    "tls_client_auth_san_email": re.compile(r"[^@\s]+@[^@\s]+").fullmatch,
}
_EXAMPLES = {
    "tls_client_auth_subject_dn": "RFC 4514: CN=api.example,O=Example,C=CN",
    "tls_client_auth_san_dns": "api.example",
    "tls_client_auth_san_uri": "https://api.example",
    "tls_client_auth_san_ip": "192.0.2.1",
    "tls_client_auth_san_email": "api@example.com",
}


def check_certificate_binding(auth_method: str, *, is_bound: bool) -> None:
    """Whether a client's tokens may be bound to its certificate.

    A public client's refresh tokens would have to be bound as well (RFC 8705 section 4); it uses DPoP.

    Raises: Invalid naming the field.
    """
    if is_bound and auth_method == "none":
        raise Invalid(field="tls_client_certificate_bound_access_tokens", expected="dpop_bound_access_tokens")


def sound_keys(document: Any) -> dict[str, Any] | None:
    """The usable public signing keys among what a client publishes; None when it is no JWK Set.

    A set at an address may hold keys for other uses and of other kinds: they are passed over, not refused.
    """
    members = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(members, list):
        return None
    found = []
    for member in members[:_MOST_KEYS]:
        if not isinstance(member, dict) or member.get("use", "sig") != "sig":
            continue
        try:
            key = KeySet.import_key_set({"keys": [member]}).keys[0]
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            continue
        if _is_sound_key(key):
            found.append(dict(key.as_dict(private=False)))
    return {"keys": found}


def _is_sound_key(key: object) -> bool:
    if isinstance(key, RSAKey):
        return not key.is_private and key.raw_value.key_size >= _SMALLEST_RSA_BITS
    if isinstance(key, ECKey | OKPKey):
        return not key.is_private and key.curve_name in {"P-256", "P-384", "Ed25519"}
    return False
