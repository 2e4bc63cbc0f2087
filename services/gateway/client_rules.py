"""What a client may register: grants, scopes, addresses and keys. Pure rules."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from services.errors import Invalid
from services.gateway.catalogue import ScopeCatalogue

AUTH_METHODS = ("none", "client_secret_basic", "private_key_jwt")
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628 section 3.4
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105  # RFC 8693 section 2.1
GRANTS = ("authorization_code", "refresh_token", "client_credentials", DEVICE_CODE, TOKEN_EXCHANGE)
# Grants at whose beginning a person says yes, and which may bring refresh tokens.
CONSENTED = frozenset({"authorization_code", DEVICE_CODE})
KEYED_METHODS = ("private_key_jwt",)
ASSERTION_ALGORITHMS = ("ES256", "PS256", "EdDSA")

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


def check_scopes(catalogue: ScopeCatalogue, grants: Sequence[str], scopes: Sequence[str]) -> None:
    """Whether the scopes exist and somebody who comes through these grants may hold them.

    Raises: Invalid naming the field.
    """
    if not scopes or set(scopes) - set(catalogue.scopes):
        raise Invalid(field="scope", expected=" ".join(sorted(catalogue.scopes)))
    if not (CONSENTED | {TOKEN_EXCHANGE}) & set(grants):
        for_machines = sorted(name for name in catalogue.scopes if catalogue.allowed(name, "client"))
        if set(scopes) - set(for_machines):
            raise Invalid(field="scope", expected=" ".join(for_machines))


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
    if not jwks_uri.startswith(("https://", "http://")) or not _SOUND_URI.fullmatch(jwks_uri):
        raise Invalid(field="jwks_uri", expected="https://host/path")
    return None, jwks_uri


def check_jwks(auth_method: str, jwks: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The public keys of a client that signs; no private or shared key is ever taken in.

    Raises: Invalid naming the field.
    """
    if auth_method not in KEYED_METHODS:
        if jwks is not None:
            raise Invalid(field="jwks", expected=" | ".join(KEYED_METHODS))
        return None
    expected = "JWK Set {keys: [...]}, public EC P-256, OKP Ed25519, RSA >= 2048"
    try:
        keys = KeySet.import_key_set(dict(jwks or {"keys": []}))  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise Invalid(field="jwks", expected=expected) from None
    if not keys.keys or not all(_is_sound_key(key) for key in keys.keys):
        raise Invalid(field="jwks", expected=expected)
    return {"keys": [dict(key.as_dict(private=False)) for key in keys.keys]}


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
        return not key.is_private and key.curve_name in {"P-256", "Ed25519"}
    return False
