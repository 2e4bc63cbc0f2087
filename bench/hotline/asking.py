"""What is asked of the suite, of bare Flask and of django-helpdesk, as it goes over the wire."""

import itertools
import json
import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote

from bench.hotline import dataset, peer

CONNECTIONS = 8


def each(requests: Callable[[], Iterator[bytes]]) -> list[Iterator[bytes]]:
    """The same kind of requests on every connection."""
    return [requests() for _ in range(CONNECTIONS)]


def repeating(request: bytes) -> Iterator[bytes]:
    """One request again and again."""
    return itertools.repeat(request)


def creating(port: int, token: str) -> Iterator[bytes]:
    """Tickets of a resident, each pressed once, with a text of its own."""
    while True:
        headers = (*bearer(token), f"Idempotency-Key: {random.getrandbits(96):x}")
        yield post(port, "/hotline/v1/tickets", json.dumps(ticket()), headers)


def bare_creating(port: int) -> Iterator[bytes]:
    """The same tickets for bare Flask."""
    while True:
        yield post(port, "/tickets", json.dumps(ticket()))


def peers_creating(port: int) -> Iterator[bytes]:
    """The same tickets as django-helpdesk wants them."""
    while True:
        one = ticket()
        body = {
            "queue": 1,
            "title": one["text"][:60],
            "description": one["text"],
            "submitter_email": "reporter@example.org",
            "priority": 3,
        }
        yield post(port, "/api/tickets/", json.dumps(body), (basic(0),))


def ticket() -> dict[str, str]:
    """A ticket that nobody has filed."""
    text, place = dataset.said(random.Random())
    return {"category": "street_light", "text": text, "district": "东岸区", "place": place}


def claim(port: int, token: str) -> bytes:
    """Claim what has waited longest."""
    return post(port, "/hotline/v1/queue/claim-next", "", bearer(token))


def bearer(token: str) -> tuple[str, ...]:
    """The header that carries an access token."""
    return (f"Authorization: Bearer {token}",)


def basic(number: int) -> str:
    """How an operator of the peer signs in."""
    pair = b64encode(f"operator{number}:{peer.PASSWORD}".encode()).decode()
    return f"Authorization: Basic {pair}"


def get(port: int, path: str, headers: tuple[str, ...] = ()) -> bytes:
    """One GET on a connection that stays open."""
    lines = (f"GET {quote(path, safe='/?=&')} HTTP/1.1", f"Host: localhost:{port}", *headers)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(port: int, path: str, body: str, headers: tuple[str, ...] = ()) -> bytes:
    """One POST of JSON, or of nothing."""
    raw = body.encode()
    kind = ("Content-Type: application/json",) if raw else ()
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Content-Length: {len(raw)}",
        *kind,
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + raw
