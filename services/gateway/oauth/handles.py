"""Codes and refresh tokens as the outside sees them: 256 random bits and the day their row is dropped.

The day stands in clear because expired rows leave with their partition; it lets a look-up touch exactly one.
Only the SHA-256 of the whole is stored: the value has full entropy, so a slow hash would add nothing.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime

from services import ids
from services.ports import KeyRing

_HANDLE = re.compile(r"[A-Za-z0-9_-]{43}\.([0-9]{4})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Handle:
    """What is stored of a code or refresh token."""

    digest: bytes
    expires_on: date


def new_handle(expires_at: datetime) -> tuple[str, Handle]:
    """A fresh secret for the client, and what is stored of it."""
    day = expires_at.astimezone(UTC).date()
    secret = f"{ids.new_token(32)}.{day:%Y%m%d}"
    return secret, Handle(_digest(secret), day)


def successor(keys: KeyRing, secret: str, expires_at: datetime) -> tuple[str, Handle]:
    """The one secret that follows another: only the holder of the first and this server can know it."""
    day = expires_at.astimezone(UTC).date()
    content = urlsafe_b64encode(keys.index("refresh-successor", secret)).rstrip(b"=").decode()
    following = f"{content}.{day:%Y%m%d}"
    return following, Handle(_digest(following), day)


def read_handle(secret: str) -> Handle | None:
    """What a presented secret would be stored as, or None when it cannot be ours."""
    found = _HANDLE.fullmatch(secret)
    if found is None:
        return None
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
    return Handle(_digest(secret), day)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
