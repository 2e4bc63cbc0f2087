"""A thousand screens on `citizen events`: how long from filing a ticket until every one of them shows it."""

import re
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

ID = re.compile(rb'"ticket": ?"([0-9a-f-]{36})"')


@dataclass
class Screens:
    """Streams held open by one thread; when each of them has shown which ticket."""

    count: int
    shown: dict[bytes, list[float]] = field(default_factory=dict)
    opened: int = 0
    stopped: bool = False

    def watch(self, port: int, cookie: str) -> None:
        """Open the streams and note what arrives until stopped."""
        chosen = selectors.DefaultSelector()
        request = (
            f"GET /console/events HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n"
            "Accept: text/event-stream\r\n\r\n"
        ).encode()
        for _ in range(self.count):
            stream = socket.create_connection(("127.0.0.1", port), 60)
            stream.sendall(request)
            assert b" 200 " in stream.recv(64), "a stream did not open"
            stream.setblocking(False)
            chosen.register(stream, selectors.EVENT_READ)
            self.opened += 1
        while not self.stopped:
            for key, _ in chosen.select(0.2):
                block = key.fileobj.recv(65536)  # type: ignore[union-attr]
                now = time.perf_counter()
                for ticket in ID.findall(block):
                    self.shown.setdefault(ticket, []).append(now)
        for key in list(chosen.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]


@dataclass(frozen=True)
class Shown:
    """Milliseconds from committing a ticket, as its reporter heard of it, to each screen; and screens that heard."""

    waits: list[float]
    expected: int
    streams: int


def measure_streams(
    port: int, cookie: str, *, count: int, tickets: int, file: Callable[[], tuple[str, float]]
) -> Shown:
    """Open the streams, file tickets one after another, and see when each screen shows each.

    `file` gives a ticket's id and the instant at which its request was sent: later than that it committed.
    """
    screens = Screens(count)
    thread = threading.Thread(target=screens.watch, args=(port, cookie), daemon=True)
    thread.start()
    while screens.opened < count:
        assert thread.is_alive(), f"only {screens.opened} streams opened"
        time.sleep(0.1)
    time.sleep(1)
    began = {}
    for _ in range(tickets):
        ticket, sent = file()
        began[ticket.encode()] = sent
        time.sleep(0.5)
    time.sleep(3)
    screens.stopped = True
    thread.join()
    waits = [(at - sent) * 1000 for ticket, sent in began.items() for at in screens.shown.get(ticket, ())]
    return Shown(waits, count * tickets, count)
