"""The suite served as in production: gunicorn with two preloaded workers, in processes of their own."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from services.cli.serve import web_command
from services.database.transaction import Database
from services.settings import CHECKOUT, Settings, load
from tests.support.app import app_over
from tests.support.fapi2.city import City
from tests.support.fapi2.http import Answer, send
from tests.support.serving import reserved_port

READY_SECONDS = 60
LONGEST_ANSWER_SECONDS = 30


@contextmanager
def gunicorn_city(
    database: Database, database_url: str, settings: Settings, log: Path, *, workers: int = 2
) -> Iterator[City]:
    """Two workers over a database that really commits; the City's own application is never served."""
    with reserved_port() as port:
        base_url = f"http://localhost:{port}"
        given = {
            "CITIZEN_MODE": "demo",
            "CITIZEN_DATA_DIR": str(settings.data_dir),
            "CITIZEN_KEYS_DIR": str(settings.keys_dir),
            "CITIZEN_DATABASE_URL": database_url,
            "CITIZEN_BASE_URL": base_url,
            "CITIZEN_WORKERS": str(workers),
            "CITIZEN_LOG_LEVEL": "WARNING",
            "CITIZEN_SHED_WAIT_MS": "5000",
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
        with log.open("wb") as sink:
            process = subprocess.Popen(
                web_command(load(given)), env={**environment, **given}, cwd=CHECKOUT, stdout=sink, stderr=sink
            )
        try:
            _await_answer(process, base_url, log)
            yield City(base_url, app_over(database, CITIZEN_BASE_URL=base_url), database, process=process.pid)
        finally:
            process.terminate()
            process.wait(READY_SECONDS)


def _await_answer(process: subprocess.Popen[bytes], base_url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-3000:]
        with suppress(OSError):
            if send("GET", f"{base_url}/readyz").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-3000:])


def volley(base_url: str, requests: Sequence[bytes]) -> list[Answer]:
    """Send requests at one instant, each on a connection that already stands."""
    host, _, port = base_url.rpartition("/")[2].partition(":")
    start = threading.Barrier(len(requests))
    answers: list[Answer | None] = [None] * len(requests)

    def fire(place: int) -> None:
        with socket.create_connection((host, int(port)), LONGEST_ANSWER_SECONDS) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            start.wait()
            connection.sendall(requests[place])
            answers[place] = _read(connection)

    threads = [threading.Thread(target=fire, args=(place,)) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers)
    return [answer for answer in answers if answer is not None]


def raw(method: str, url: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as bytes."""
    host, _, path = url.partition("://")[2].partition("/")
    lines = [f"{method} /{path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _read(connection: socket.socket) -> Answer:
    received = b""
    while block := connection.recv(65536):
        received += block
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    pairs = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return Answer(int(first.split()[1]), pairs, body.decode())
