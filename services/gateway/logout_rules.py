"""Where a client may ask to be told that somebody signed out. Pure rules."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from services.errors import Invalid
from services.gateway.client_rules import LOOPBACK_HOSTS

BACK, FRONT = "backchannel_logout_uri", "frontchannel_logout_uri"
FIELDS = (BACK, "backchannel_logout_session_required", FRONT, "frontchannel_logout_session_required")
_LONGEST = 2000


def check_logout(redirect_uris: Sequence[str], given: Mapping[str, Any]) -> None:
    """Whether the addresses may be registered; a field that is absent or None asks for nothing.

    Standard: OpenID Connect Back-Channel Logout 1.0 section 2.2 (absolute, no fragment; https, for http would show
        the token), Front-Channel Logout 1.0 section 2 (scheme, host and port are those of a redirect URI).
    Raises: Invalid naming the field.
    """
    for field in (BACK, FRONT):
        uri = given.get(field)
        if uri is not None and not _is_sound(uri):
            raise Invalid(field=field, expected="https://host/path")
    front = given.get(FRONT)
    if front is not None and _origin(front) not in {_origin(uri) for uri in redirect_uris}:
        raise Invalid(field=FRONT, expected="scheme, host and port of a redirect_uri")


def _is_sound(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    del port
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK_HOSTS)
    is_plain = uri.isascii() and uri.isprintable() and not set(uri) & set(" \"'<>\\;#,")
    return is_safe and bool(host) and is_plain and "@" not in parts.netloc and len(uri) <= _LONGEST


def _origin(uri: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(uri)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default
