"""`make bench`: runs the demo city, then the three by turns, and prints ratios.

Usage: python -m bench.bill_list [SECONDS]. One web process with four threads each, eight connections.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import psycopg

from bench.bill_list.statement import LIST
from bench.load import Measured, family_of, measure
from services.database.embedded import find_place, urls_of
from services.demo.accounts import list_accounts
from services.demo.browser import Browser
from services.demo.tour import obtain_tokens
from services.settings import CHECKOUT

CONNECTIONS = 8
ROUNDS = 3


def main(seconds: float = 5.0) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="citizen-bench") as folder:
        ours, bare = free_port(), free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")},
            "CITIZEN_DATA_DIR": folder,
            "CITIZEN_BASE_URL": f"http://localhost:{ours}",
            "CITIZEN_WORKERS": "1",
            "CITIZEN_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(CHECKOUT),
        }
        print("Setting up the demo city ...", file=sys.stderr)
        demo = [sys.executable, "-c", "from wsgi import cli; cli()", "demo", "run"]
        with process(demo, environment, ours, "/readyz") as suite:
            tokens, subject = obtain(f"http://localhost:{ours}")
            with urlopen(f"http://localhost:{ours}/oauth/jwks") as answer:
                jwks = answer.read().decode()
            url = urls_of(find_place(Path(folder))).app_url
            more = {"BENCH_DATABASE_URL": url, "BENCH_JWKS": jwks}
            with process(peer_command(bare), {**environment, **more}, bare, "/nothing") as peer:
                compare(ours, bare, suite, peer, tokens, url, subject, seconds)


def compare(
    ours: int, bare: int, suite: int, peer: int, tokens: list[str], url: str, subject: str, seconds: float
) -> None:
    """By turns, so that a noisy neighbour meets all alike; the median round of each counts."""
    rounds: dict[str, list[Measured]] = {"suite": [], "bare Flask": []}
    loops = []
    postgres = postmaster_of(url)
    web = [pid for pid in family_of(suite) if "gunicorn" in command_of(pid)]
    for _ in range(ROUNDS):
        for name, port, servers in (("suite", ours, web), ("bare Flask", bare, family_of(peer))):
            requests = [request_of(port, token) for token in tokens]
            measure(name, ("127.0.0.1", port), requests, seconds=0.5, servers=servers, database=[])
            database = family_of(postgres)
            rounds[name].append(
                measure(
                    name, ("127.0.0.1", port), requests, seconds=seconds, servers=servers, database=database
                )
            )
        loops.append(raw_loop(url, subject, seconds / 2))
    found = [sorted(of, key=lambda one: one.rate)[ROUNDS // 2] for of in rounds.values()]
    report(found, sorted(loops)[ROUNDS // 2])


def report(found: list[Measured], loop: tuple[float, float]) -> None:
    """One row each, then the ratios that count."""
    print(f"\n{'':<22}{'req/s':>8}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms/req':>12}{'PostgreSQL':>12}")
    for one in found:
        print(
            f"{one.name:<22}{one.rate:>8.0f}{one.p50:>9.2f}{one.p99:>9.2f}{one.server_cpu:>12.3f}{one.database_cpu:>12.3f}"
        )
    print(f"{'raw psycopg loop':<22}{loop[0]:>8.0f}{'':>9}{'':>9}{loop[1]:>12.3f}")
    ours, bare = found
    print(f"\nsuite / bare Flask:     {ours.rate / bare.rate:.2f} of its rate (aim 0.50)")
    print(f"                        {bare.server_cpu / ours.server_cpu:.2f} of its CPU thrift")
    print(f"suite / raw loop:       {ours.rate / loop[0]:.2f} of one process's query rate")


def raw_loop(url: str, subject: str, seconds: float) -> tuple[float, float]:
    """The floor: one process, one connection, the same fenced query, nothing else."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT set_config('citizen.subjects', %s, false)", (subject,))
        count, start, spent = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - start < seconds:
            rows = connection.execute(LIST, (subject,)).fetchall()
            count += 1
        assert len(rows) == 13
        elapsed = time.perf_counter() - start
        return count / elapsed, (time.process_time() - spent) * 1000 / count


def obtain(base_url: str) -> tuple[list[str], str]:
    """One access token per connection, each another resident's, and one resident's id for the raw loop."""
    accounts = [one for one in list_accounts() if one["role"] == "resident"]
    tokens: list[str] = []
    subjects: list[str] = []
    for account in accounts:
        browser = Browser(base_url)
        token = obtain_tokens(browser, account, lambda _: None)["access_token"]
        page = browser.get("/ebills/v1/bills?limit=12", Authorization=f"Bearer {token}").json()
        if len(page["items"]) == 12:
            tokens.append(token)
            subjects.append(account["subject_id"])
        if len(tokens) == CONNECTIONS:
            return tokens, subjects[0]
    raise SystemExit("the demo city has too few residents with bills")


def request_of(port: int, token: str) -> bytes:
    """One GET on a connection that stays open."""
    return (
        f"GET /ebills/v1/bills?limit=12 HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
        "Accept: application/json\r\n\r\n"
    ).encode()


def peer_command(port: int) -> list[str]:
    """The same server for the peer."""
    return [
        sys.executable, "-m", "gunicorn", "bench.bill_list.bare_flask:app", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", "4", "--keep-alive", "30",
        "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip


@contextlib.contextmanager
def process(command: list[str], environment: dict[str, str], port: int, path: str) -> Iterator[int]:
    """A server while the block runs; its process id."""
    running = subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    try:
        for _ in range(3000):
            if running.poll() is not None:
                raise SystemExit(f"{command[-1]} ended by itself")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
                probe.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
                if probe.recv(12) in {b"HTTP/1.1 200", b"HTTP/1.1 404"}:
                    break
            time.sleep(0.2)
        else:
            raise SystemExit(f"{command[-1]} did not answer")
        yield running.pid
    finally:
        running.terminate()
        running.wait(30)


def postmaster_of(url: str) -> int:
    """The process id of the server behind an address (it is ours, so /proc knows it)."""
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        status = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
        return int(status[1])


def command_of(pid: int) -> str:
    """What a process was started as; nothing for one that has just ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:2]))
