"""A load generator over plain sockets, and the CPU that processes used; standard library only."""

import contextlib
import itertools
import os
import socket
import statistics
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """One run: requests a second, latencies in milliseconds, CPU milliseconds a request."""

    name: str
    rate: float
    p50: float
    p99: float
    server_cpu: float
    database_cpu: float
    p95: float = 0.0


def measure(
    name: str,
    address: tuple[str, int],
    requests: Sequence[bytes | Iterator[bytes]],
    *,
    seconds: float,
    servers: Iterable[int],
    database: Iterable[int],
) -> Measured:
    """Keep one connection per request, or per endless row of requests, busy for so long.

    Raises: AssertionError at an answer that does not succeed.
    """
    servers, database = list(servers), list(database)
    took: list[float] = []
    faults: list[bytes] = []
    server_start, database_start = cpu(servers), cpu(database)
    end = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_connection, args=(address, one, end, took, faults)) for one in requests
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start
    assert not faults, faults[0][:300]
    count = len(took)
    took.sort()
    return Measured(
        name,
        count / elapsed,
        statistics.median(took) * 1000,
        took[int(count * 0.99)] * 1000,
        (cpu(servers) - server_start) * 1000 / count,
        (cpu(database) - database_start) * 1000 / count,
        took[int(count * 0.95)] * 1000,
    )


def _connection(
    address: tuple[str, int],
    requests: bytes | Iterator[bytes],
    end: float,
    took: list[float],
    faults: list[bytes],
) -> None:
    endless = itertools.repeat(requests) if isinstance(requests, bytes) else requests
    with socket.create_connection(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.perf_counter() < end:
            request = next(endless)
            start = time.perf_counter()
            connection.sendall(request)
            answer = _answer(connection)
            took.append(time.perf_counter() - start)
            if answer[:10] != b"HTTP/1.1 2":
                faults.append(answer)
                return


def _answer(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def cpu(pids: Iterable[int]) -> float:
    """CPU seconds of processes and their ended children (Linux)."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(value) for value in fields[11:15])
    return total / TICKS


def family_of(pid: int) -> list[int]:
    """A process and all its descendants (Linux)."""
    found = [pid]
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found += family_of(int(child))
    return found
