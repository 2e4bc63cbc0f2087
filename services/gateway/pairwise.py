"""Pairwise subject identifiers: one person has another `sub` at every sector, and no two can be linked.

Standard: OpenID Connect Core section 8.1.
"""

from base64 import urlsafe_b64encode
from urllib.parse import urlsplit
from uuid import UUID

from services.ports import KeyRing

FIELD = "gateway.pairwise_sub"


def pairwise_sub(keys: KeyRing, sector: str, subject: UUID) -> str:
    """The `sub` of a subject at one sector: a keyed MAC, stable for ever, meaningless outside it."""
    mac = keys.index(FIELD, f"{sector}\n{subject}")
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def sector_of(redirect_uris: list[str], client_id: str) -> str:
    """The sector a client belongs to: its one host, or itself.

    Native apps (loopback and private-use schemes), machine clients and clients with several hosts are each
    a sector of their own: sharing `localhost` must not make two apps of one phone linkable.
    """
    parts = [urlsplit(uri) for uri in redirect_uris]
    hosts = {part.hostname for part in parts if part.scheme == "https" and part.hostname}
    web_only = all(part.scheme == "https" for part in parts)
    return hosts.pop() if web_only and len(hosts) == 1 else client_id
