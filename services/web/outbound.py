"""Requests that we send out: to addresses which others told us, and which could be aimed at our own inside.

The name is resolved once and the address that was checked is the one connected to, so a name that answers
differently the second time gains nothing. No redirect is followed, no proxy of the environment is used, and
time and size end.

Standard: RFC 7591 section 5, RFC 9700 section 4.11 (server-side request forgery).
"""

import ipaddress
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.parse import urlencode, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from services.database.transaction import is_inside_transaction
from services.settings import Settings
from services.web.json_reader import MalformedJson, read

LONGEST_SECONDS = 5.0
MOST_BYTES = 64 * 1024
LONGEST_URL = 2000

_SOUND_URL = re.compile(r"https?://[!#-;=?-\[\]_a-z~A-Z%]+")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.?|[0-9a-f:.]+", re.IGNORECASE)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Tunnels that carry an IPv4 address inside: what they end at is not what their own address looks like.
_TUNNELS = (
    ipaddress.IPv6Network("2002::/16"),
    ipaddress.IPv6Network("2001::/32"),
    ipaddress.IPv6Network("64:ff9b::/96"),
)


class OutboundRefused(Exception):
    """The address may not be called at all: trying again changes nothing. The message holds no address."""


class OutboundFailed(Exception):
    """The other side was away, too slow, too long, or answered something else than was asked for."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request really goes: an address that was checked, and the name it must prove to have."""

    is_tls: bool
    address: str
    host: str
    port: int
    authority: str
    path: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes


def fetch_json(settings: Settings, url: str, *, seconds: float = LONGEST_SECONDS) -> Any:
    """The JSON that stands at an address: 200 and nothing else will do.

    Effects: one GET, outside of any transaction of ours.
    Raises: OutboundRefused, OutboundFailed.
    """
    answer = _send(settings, url, "GET", {"Accept": "application/json"}, None, seconds)
    if answer.status != 200:
        raise OutboundFailed(f"status {answer.status}")
    try:
        return read(answer.body)
    except MalformedJson:
        raise OutboundFailed("not JSON") from None


def post_form(
    settings: Settings, url: str, form: Mapping[str, str], *, seconds: float = LONGEST_SECONDS
) -> int:
    """Send a form and return the status of the answer; what it says is not looked at.

    Effects: one POST, outside of any transaction of ours.
    Raises: OutboundRefused, OutboundFailed.
    """
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
    return _send(settings, url, "POST", headers, urlencode(form).encode(), seconds).status


def check_url(settings: Settings, url: str) -> None:
    """Whether an address may be called at all, as far as its text shows: for when it is registered.

    Raises: OutboundRefused.
    """
    _parse(settings, url)


def _send(
    settings: Settings, url: str, method: str, headers: Mapping[str, str], body: bytes | None, seconds: float
) -> _Answer:
    if is_inside_transaction():
        raise RuntimeError(
            "nothing outside is called inside a transaction: it would hold its locks meanwhile"
        )
    deadline = time.monotonic() + seconds
    target = _resolve(settings, url, deadline)
    try:
        with closing(_connection(target, deadline)) as connection:
            connection.connect()
            with _cut_off(connection.sock, deadline):
                connection.request(
                    method,
                    target.path,
                    body=body,
                    headers={
                        "Host": target.authority,
                        "User-Agent": "citizen-services",
                        "Accept-Encoding": "identity",
                        **headers,
                    },
                    preload_content=False,
                    decode_content=False,
                )
                answer = connection.getresponse()
                if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                    raise OutboundFailed("compressed")
                content = answer.read(MOST_BYTES + 1)
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise OutboundFailed(type(error).__name__) from None
    if len(content) > MOST_BYTES:
        raise OutboundFailed("too long")
    return _Answer(answer.status, content)


def _connection(target: _Target, deadline: float) -> HTTPConnection:
    left = max(deadline - time.monotonic(), 0.001)
    if not target.is_tls:
        return HTTPConnection(target.address, target.port, timeout=left)
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return HTTPSConnection(
        target.address,
        target.port,
        timeout=left,
        ssl_context=context,
        server_hostname=target.host,
        assert_hostname=target.host,
    )


@contextmanager
def _cut_off(open_socket: Any, deadline: float) -> Iterator[None]:
    """End the connection at the deadline, however busily the other side drips bytes into it.

    A socket's own timeout counts from byte to byte and would never run out.
    """
    twin = socket.socket(fileno=os.dup(open_socket.fileno()))

    def cut() -> None:
        try:
            twin.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself

    timer = threading.Timer(max(deadline - time.monotonic(), 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        twin.close()
    if time.monotonic() > deadline:
        raise OutboundFailed("too slow")


def _parse(settings: Settings, url: str) -> tuple[bool, str, int, str, str]:
    if len(url) > LONGEST_URL or not _SOUND_URL.fullmatch(url):
        raise OutboundRefused("not an address")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise OutboundRefused("not an address") from None
    if "@" in parts.netloc or "#" in url or not _HOST.fullmatch(host):
        raise OutboundRefused("not an address")
    is_tls = parts.scheme == "https"
    if not is_tls and not settings.is_demo:
        raise OutboundRefused("https only")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return is_tls, host, port or (443 if is_tls else 80), parts.netloc, path


def _resolve(settings: Settings, url: str, deadline: float) -> _Target:
    is_tls, host, port, authority, path = _parse(settings, url)
    addresses = _look_up(host, port, deadline)
    for address in addresses:
        _check_address(settings, address, is_tls=is_tls)
    return _Target(is_tls, str(addresses[0]), host, port, authority, path)


def _look_up(host: str, port: int, deadline: float) -> list[IPv4Address | IPv6Address]:
    """All addresses of a name. The system's resolver knows no time limit, so it is waited for beside us."""
    asking = ThreadPoolExecutor(max_workers=1)
    try:
        found = asking.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(
            max(deadline - time.monotonic(), 0)
        )
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    except (OSError, UnicodeError, ValueError, TimeoutError):
        raise OutboundFailed("name not found") from None
    finally:
        asking.shutdown(wait=False, cancel_futures=True)
    if not addresses:
        raise OutboundFailed("name not found")
    return addresses


def _check_address(settings: Settings, address: IPv4Address | IPv6Address, *, is_tls: bool) -> None:
    """Outside of the demo only public addresses; in the demo our own machine and network too.

    Link-local addresses are refused always: clouds hand out their machines' credentials there.
    """
    real = _unwrapped(address)
    if settings.is_demo:
        is_allowed = real.is_loopback or (is_tls and (is_public(real) or _is_private_network(real)))
    else:
        is_allowed = is_public(real)
    if not is_allowed:
        raise OutboundRefused("address not allowed")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to one machine somewhere on the open internet."""
    real = _unwrapped(address)
    if isinstance(real, IPv6Address):
        is_unicast = real in _GLOBAL_UNICAST and not any(real in tunnel for tunnel in _TUNNELS)
    else:
        is_unicast = not real.is_multicast and not real.is_reserved
    return is_unicast and real.is_global


def _is_private_network(address: IPv4Address | IPv6Address) -> bool:
    return address.is_private and not (
        address.is_link_local or address.is_unspecified or address.is_multicast or address.is_reserved
    )


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """`::ffff:127.0.0.1` is 127.0.0.1 to the machine that connects."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
