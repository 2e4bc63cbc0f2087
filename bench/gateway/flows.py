"""What the load generator plays: single requests, and whole flows on a connection that stays open."""

import hashlib
import json
import secrets
import socket
import statistics
import threading
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bench.load import Measured, cpu

REDIRECT = "https://client.example/callback"
VERIFIER = "v" * 64
FORM = "application/x-www-form-urlencoded"
Step = Callable[[], None]


def b64(content: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


CHALLENGE = b64(hashlib.sha256(VERIFIER.encode()).digest())


class Key:
    """A P-256 key that signs compact JWTs."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        point = self.private.public_key().public_numbers()
        self.jwk = {
            "kty": "EC", "crv": "P-256", "x": b64(point.x.to_bytes(32)), "y": b64(point.y.to_bytes(32)),
        }  # fmt: skip

    def sign(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """ES256."""
        head = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self.private.sign(head.encode(), ec.ECDSA(SHA256())))
        return f"{head}.{b64(r.to_bytes(32) + s.to_bytes(32))}"


@dataclass
class Wire:
    """One connection to one server, with the cookies of one browser."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: socket.socket | None = None

    def send(
        self, method: str, url: str, headers: dict[str, str], body: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        """One request and its answer."""
        if self.connection is None:
            self.connection = socket.create_connection(("127.0.0.1", self.port))
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if method == "POST":
            lines += [f"Content-Type: {FORM}", f"Content-Length: {len(body)}"]
        self.connection.sendall(("\r\n".join([*lines, "", ""]) + body).encode())
        return self._read()

    def hang_up(self) -> None:
        """Close the connection; the next request opens another. Servers end those that idle for seconds."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def browse(self, method: str, url: str, body: str = "") -> tuple[int, dict[str, str], bytes]:
        """The same as a browser: with its cookies, and keeping new ones."""
        shown = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers = {**(shown if self.cookies else {}), "Origin": f"http://localhost:{self.port}"}
        return self.send(method, url, headers, body)

    def _read(self) -> tuple[int, dict[str, str], bytes]:
        assert self.connection is not None
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                self._keep(value.strip())
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            while not body.endswith(b"0\r\n\r\n"):
                body += self._receive()
        while len(body) < int(headers.get("content-length", 0)):
            body += self._receive()
        return int(first.split()[1]), headers, body

    def _receive(self) -> bytes:
        assert self.connection is not None
        block = self.connection.recv(65536)
        assert block, "the server hung up"
        return block

    def _keep(self, cookie: str) -> None:
        name, _, value = cookie.partition(";")[0].partition("=")
        if value and "expires=Thu, 01 Jan 1970" not in cookie:
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)


@dataclass
class Client:
    """A registered client at one server, and where that server has its endpoints."""

    port: int
    client_id: str
    secret: str
    scope: str
    paths: dict[str, str]
    key: Key | None = None
    assertion_key: Key | None = None
    more: dict[str, str] = field(default_factory=dict)
    nonce: str | None = None

    def authenticated(self, form: dict[str, str]) -> tuple[dict[str, str], str]:
        """Headers and body with the client's credentials."""
        if self.assertion_key is None:
            pair = b64encode(f"{quote(self.client_id)}:{quote(self.secret)}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}, urlencode(form)
        now = int(time.time())
        claims = {
            "iss": self.client_id, "sub": self.client_id, "aud": f"http://localhost:{self.port}",
            "jti": secrets.token_hex(12), "exp": now + 60, "iat": now,
        }  # fmt: skip
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        signed = self.assertion_key.sign({"alg": "ES256", "kid": "k1"}, claims)
        return {}, urlencode({**form, "client_assertion_type": kind, "client_assertion": signed})

    def parameters(self) -> dict[str, str]:
        """An authorization request."""
        return {
            "client_id": self.client_id, "response_type": "code", "redirect_uri": REDIRECT, "scope": self.scope,
            "state": secrets.token_hex(8), "nonce": secrets.token_hex(8), "code_challenge": CHALLENGE,
            "code_challenge_method": "S256", **self.more,
        }  # fmt: skip

    def push(self, wire: Wire) -> dict[str, str]:
        """Push the request; what then goes to the authorization endpoint."""
        headers, body = self.authenticated(self.parameters())
        status, _, answer = wire.send("POST", self.paths["par"], headers, body)
        assert status == 201, answer[:300]
        return {"client_id": self.client_id, "request_uri": json.loads(answer)["request_uri"]}

    def redeem(self, wire: Wire, location: str) -> None:
        """The code for tokens, with a proof where the client is bound."""
        code = parse_qs(urlsplit(location).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }
        for _ in range(2):
            headers, body = self.authenticated(form)
            if self.key is not None:
                headers["DPoP"] = self.proof()
            status, told, answer = wire.send("POST", self.paths["token"], headers, body)
            self.nonce = told.get("dpop-nonce", self.nonce)
            if status == 200:
                assert b"id_token" in answer
                return
            assert b"use_dpop_nonce" in answer, answer[:300]
        raise AssertionError("no nonce would do")

    def proof(self) -> str:
        """A DPoP proof for the token endpoint."""
        assert self.key is not None
        claims = {
            "jti": secrets.token_hex(12), "htm": "POST", "iat": int(time.time()),
            "htu": f"http://localhost:{self.port}{self.paths['token']}",
            **({"nonce": self.nonce} if self.nonce else {}),
        }  # fmt: skip
        return self.key.sign({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.jwk}, claims)


def play(
    client: Client, wire: Wire, *, pushes: bool, decide: Callable[[Wire, bytes], tuple[str, str]] | None
) -> None:
    """One flow to its tokens; `decide` fills in the form of a page that asks, None where a redirect leads on."""
    asked = client.push(wire) if pushes else client.parameters()
    status, headers, page = wire.browse("GET", f"{client.paths['authorize']}?{urlencode(asked)}")
    while status == 200 or not headers["location"].startswith(REDIRECT):
        if status == 200:
            assert decide is not None, page[:600]
            status, headers, page = wire.browse("POST", *decide(wire, page))
        else:
            status, headers, page = wire.browse("GET", headers["location"])
        assert status in {200, 302, 303}, (status, page[:300])
    client.redeem(wire, headers["location"])


def measure_flows(
    name: str, steps: list[Step], *, seconds: float, servers: Iterable[int], database: Iterable[int]
) -> Measured:
    """Keep each step going in a thread of its own for so long. Raises: AssertionError at a flow that fails."""
    servers, database = list(servers), list(database)
    took: list[float] = []
    faults: list[BaseException] = []
    server_start, database_start = cpu(servers), cpu(database)
    start = time.perf_counter()
    end = start + seconds

    def run(step: Step) -> None:
        try:
            while time.perf_counter() < end:
                began = time.perf_counter()
                step()
                took.append(time.perf_counter() - began)
        except BaseException as fault:  # noqa: BLE001  # told after the threads have ended
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start
    if faults:
        raise faults[0]
    took.sort()
    count = len(took)
    return Measured(
        name,
        count / elapsed,
        statistics.median(took) * 1000,
        took[int(count * 0.99)] * 1000,
        (cpu(servers) - server_start) * 1000 / count,
        (cpu(database) - database_start) * 1000 / count,
    )
