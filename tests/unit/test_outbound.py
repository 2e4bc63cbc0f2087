"""Requests that go out: only where they may, to the address that was checked, within time and size."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from services.database.transaction import Database
from services.settings import Settings, load
from services.web.outbound import (
    MOST_BYTES,
    OutboundFailed,
    OutboundRefused,
    check_url,
    fetch_json,
    is_public,
    post_form,
)
from tests.support.oauth import GATEWAY
from tests.support.serving import reserved_port

DEMO = load({"CITIZEN_MODE": "demo", "CITIZEN_DATABASE_URL": "postgresql://unused"})
PUBLIC = "93.184.215.14"


def production() -> Settings:
    return load(
        {
            "CITIZEN_MODE": "production",
            "CITIZEN_KEYS_DIR": "/nowhere",
            "CITIZEN_DATABASE_URL": "postgresql://unused",
            "CITIZEN_BASE_URL": "https://citizen.example",
        }
    )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[dict[str, Any]]

    def do_GET(self) -> None:
        self.server.seen.append({"path": self.path, "host": self.headers["Host"]})
        getattr(self, "_" + self.path.strip("/").replace("-", "_"))()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append({"path": self.path, "body": body, "type": self.headers["Content-Type"]})
        self._answer(204, b"")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _keys(self) -> None:
        self._answer(200, json.dumps({"keys": []}).encode())

    def _redirect(self) -> None:
        self._answer(302, b"{}", Location="/keys")

    def _error(self) -> None:
        self._answer(500, b"{}")

    def _page(self) -> None:
        self._answer(200, b"<html>")

    def _twice(self) -> None:
        self._answer(200, b'{"keys": [], "keys": []}')

    def _long(self) -> None:
        self._answer(200, b'"' + b"a" * MOST_BYTES + b'"')

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with_room = b"1000\r\n" + b" " * 4096 + b"\r\n"
        try:
            while True:
                self.wfile.write(with_room)
        except OSError:
            self.close_connection = True

    def _drip(self) -> None:
        self._slowly(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 300 + b"\r\nContent-Length: 2\r\n\r\n{}")

    def _slow_body(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self._slowly(b" " * 1000)

    def _slowly(self, text: bytes) -> None:
        try:
            for byte in text:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    def _packed(self) -> None:
        self._answer(200, b"\x1f\x8b", Content_Encoding="gzip")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[..., ThreadingHTTPServer]]:
    running: list[ThreadingHTTPServer] = []

    def start(context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None
        server.seen = []
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def place(server: ThreadingHTTPServer, path: str, *, host: str = "127.0.0.1", scheme: str = "http") -> str:
    return f"{scheme}://{host}:{server.server_address[1]}{path}"


def name_is(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Play the resolver: each look-up gets the next answer, the last one for ever."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        if host[0].isdigit() or ":" in host:
            return real(host, port, *args, **options)
        asked.append(host)
        answer = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_document_is_fetched_and_a_form_is_sent(serve: Callable[..., ThreadingHTTPServer]) -> None:
    server = serve()
    assert fetch_json(DEMO, place(server, "/keys")) == {"keys": []}
    assert post_form(DEMO, place(server, "/logout"), {"logout_token": "a+b"}) == 204
    sent = server.seen[-1]
    assert (sent["body"], sent["type"]) == (b"logout_token=a%2Bb", "application/x-www-form-urlencoded")


@pytest.mark.parametrize("path", ["/redirect", "/error", "/page", "/twice", "/long", "/endless", "/packed"])
def test_whatever_is_not_one_short_json_text_fails(
    serve: Callable[..., ThreadingHTTPServer], path: str
) -> None:
    server = serve()
    with pytest.raises(OutboundFailed):
        fetch_json(DEMO, place(server, path))
    assert [one["path"] for one in server.seen] == [path]  # no redirect was followed


@pytest.mark.parametrize("path", ["/drip", "/slow-body"])
def test_dripping_bytes_do_not_hold_us_beyond_the_time(
    serve: Callable[..., ThreadingHTTPServer], path: str
) -> None:
    server = serve()
    started = time.monotonic()
    with pytest.raises(OutboundFailed):
        fetch_json(DEMO, place(server, path), seconds=0.6)
    # All of it takes half a minute or more.
    assert time.monotonic() - started < 15


def test_nobody_listening_fails() -> None:
    with reserved_port() as port, pytest.raises(OutboundFailed):
        fetch_json(DEMO, f"http://127.0.0.1:{port}/keys")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/keys",
        "https://127.1/keys",
        "https://2130706433/keys",
        "https://0x7f.0.0.1/keys",
        "https://0.0.0.0/keys",
        "https://10.0.0.8/keys",
        "https://172.16.0.1/keys",
        "https://192.168.1.1/keys",
        "https://100.64.0.1/keys",
        "https://169.254.169.254/latest/meta-data",
        "https://224.0.0.1/keys",
        "https://255.255.255.255/keys",
        "https://[::1]/keys",
        "https://[::]/keys",
        "https://[::ffff:127.0.0.1]/keys",
        "https://[::ffff:10.0.0.1]/keys",
        "https://[::ffff:a9fe:a9fe]/keys",
        "https://[fe80::1]/keys",
        "https://[fc00::1]/keys",
        "https://[fec0::1]/keys",
        "https://[ff02::1]/keys",
        "https://[64:ff9b::7f00:1]/keys",
        "https://[2002:7f00:1::]/keys",
        "https://[2001:0:7f00:1::]/keys",
        "https://[2001:db8::1]/keys",
        "https://localhost/keys",
        "http://93.184.215.14/keys",
        "http://127.0.0.1/keys",
        "https://user@93.184.215.14/keys",
        "https://93.184.215.14/keys#x",
        "https://93.184.215.14 /keys",
        "https://93.184.215.14\\@127.0.0.1/keys",
        "https://93.184.215.14:99999/keys",
        "https:///keys",
        "file:///etc/passwd",
        "ftp://93.184.215.14/keys",
        "gopher://93.184.215.14/",
        "",
    ],
)
def test_in_production_only_public_https_addresses_are_called(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    def connect(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(OutboundRefused):
        fetch_json(production(), url)


def test_a_name_with_one_inside_address_among_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    name_is(monkeypatch, [PUBLIC, "10.0.0.1"])
    with pytest.raises(OutboundRefused):
        fetch_json(production(), "https://client.example/keys")


def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[..., ThreadingHTTPServer]
) -> None:
    """DNS rebinding: the second look-up would say something else, and is never made."""
    server = serve()
    asked = name_is(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    assert fetch_json(DEMO, place(server, "/keys", host="client.example")) == {"keys": []}
    assert asked == ["client.example"]
    assert server.seen[0]["host"] == f"client.example:{server.server_address[1]}"


@pytest.mark.parametrize("address", ["169.254.169.254", PUBLIC, "10.0.0.1", "0.0.0.1"])
def test_in_the_demo_plain_http_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    name_is(monkeypatch, [address])
    with pytest.raises(OutboundRefused):
        fetch_json(DEMO, "http://client.example/keys")


def test_the_metadata_address_is_refused_in_the_demo_too() -> None:
    with pytest.raises(OutboundRefused):
        fetch_json(DEMO, "https://169.254.169.254/latest")


def test_the_resolver_is_not_waited_for_longer_than_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(60) or [])
    started = time.monotonic()
    with pytest.raises(OutboundFailed):
        fetch_json(DEMO, "http://client.example/keys", seconds=0.2)
    assert time.monotonic() - started < 30
    released.set()


def certificate_for(name: str, folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    (folder / "trusted.pem").write_bytes(made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.mark.parametrize("certified", ["client.example", "other.example"])
def test_over_tls_the_name_is_proven_although_the_address_is_dialled(
    monkeypatch: pytest.MonkeyPatch,
    serve: Callable[..., ThreadingHTTPServer],
    tmp_path: Path,
    certified: str,
) -> None:
    server = serve(certificate_for(certified, tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    name_is(monkeypatch, ["127.0.0.1"])
    url = place(server, "/keys", host="client.example", scheme="https")
    if certified == "client.example":
        assert fetch_json(DEMO, url) == {"keys": []}
    else:
        with pytest.raises(OutboundFailed):
            fetch_json(DEMO, url)


def test_a_stranger_s_certificate_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[..., ThreadingHTTPServer], tmp_path: Path
) -> None:
    server = serve(certificate_for("client.example", tmp_path))
    name_is(monkeypatch, ["127.0.0.1"])
    with pytest.raises(OutboundFailed):
        fetch_json(DEMO, place(server, "/keys", host="client.example", scheme="https"))


def test_nothing_is_called_inside_a_transaction(database: Database) -> None:
    with database.transaction(GATEWAY), pytest.raises(RuntimeError):
        fetch_json(DEMO, "http://127.0.0.1:9/keys")
    with pytest.raises(OutboundFailed):
        fetch_json(DEMO, "http://127.0.0.1:9/keys")


def test_public_addresses_are_known_from_others() -> None:
    assert is_public(ip_address(PUBLIC))
    assert is_public(ip_address("2606:2800:21f:cb07:6820:80da:af6b:8b2c"))
    assert not is_public(ip_address("::ffff:192.168.0.1"))


def test_addresses_are_checked_by_their_text_when_they_are_registered() -> None:
    check_url(production(), "https://client.example/jwks.json")
    for url in ("http://client.example/jwks.json", "https://a b/", "javascript:alert(1)"):
        with pytest.raises(OutboundRefused):
            check_url(production(), url)
