"""Live lists over server-sent events: one listener per process reads what is new and hands it to every open stream.

Standard: HTML Living Standard, section 9.2 (server-sent events). `citizen events` serves them with gevent, a greenlet
for each stream; nothing here is particular to gevent, so the tests run it on threads.

Losing nothing: an event has a UUIDv7, and transactions commit in another order than their ids. The listener therefore
looks back a little at every look and passes on what it has not seen; a stream that comes back with `Last-Event-ID` is
given everything from a little before that. Some events then come twice: each says how something now stands, so a
repetition does no harm, and a reader may pass over ids that it has had.
"""

import json
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from services import clock

# A transaction that is older than this when it commits is looked for in the long look only.
SHORT, LONG = timedelta(seconds=5), timedelta(minutes=2)
LONG_LOOK_SECONDS = 5.0
# News that come in one burst are read together.
BURST_SECONDS = 0.03
BEAT_SECONDS = 15.0
CHECK_SECONDS = 60.0
RETRY_MILLISECONDS = 3000
# A reader that is so far behind is sent away and comes back with Last-Event-ID.
MOST_WAITING = 1000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """One piece of news: its id, for whom (a code that a stream's filter understands), and what it says."""

    id: UUID
    audience: str
    data: Mapping[str, Any]

    def as_text(self) -> str:
        """The event as it goes over the wire."""
        return f"id: {self.id}\ndata: {json.dumps(self.data, ensure_ascii=False, separators=(',', ':'))}\n\n"


class Feed:
    """What is new on one channel, for every open stream of this process.

    `connect` gives an own connection to listen on; `read(since)` gives the events from an instant on, oldest first.
    """

    def __init__(
        self,
        channel: str,
        *,
        connect: Callable[[], psycopg.Connection[Any]],
        read: Callable[[datetime], Sequence[Event]],
    ) -> None:
        self._channel = channel
        self._connect = connect
        self._read = read
        self._streams: set[queue.Queue[Event | None]] = set()
        self._seen: OrderedDict[UUID, None] = OrderedDict()
        self._lock = threading.Lock()
        self._is_running = False

    def subscribe(self) -> "queue.Queue[Event | None]":
        """A queue that gets every event from now on; None when it was too slow. Ends with `leave`."""
        stream: queue.Queue[Event | None] = queue.Queue(MOST_WAITING)
        with self._lock:
            self._streams.add(stream)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name=f"feed {self._channel}", daemon=True).start()
        return stream

    def leave(self, stream: "queue.Queue[Event | None]") -> None:
        """Hand nothing more to this queue."""
        with self._lock:
            self._streams.discard(stream)

    def replay(self, since: datetime) -> Sequence[Event]:
        """What a reader may have missed from an instant on, with what committed late."""
        return self._read(since - LONG)

    def _run(self) -> None:
        """Listen as long as the process lives; when the server is away, come back and look back."""
        while True:
            try:
                with self._connect() as listening:
                    listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
                    self._listen(listening)
            except (psycopg.Error, DBAPIError, OSError):
                log.warning("feed waits for the database", channel=self._channel)
                time.sleep(1)

    def _listen(self, listening: psycopg.Connection[Any]) -> None:
        looked_long = 0.0
        while True:
            is_long = time.monotonic() - looked_long >= LONG_LOOK_SECONDS
            if is_long:
                looked_long = time.monotonic()
            for event in self._read(clock.now() - (LONG if is_long else SHORT)):
                self._pass_on(event)
            for _ in listening.notifies(timeout=LONG_LOOK_SECONDS, stop_after=1):
                time.sleep(BURST_SECONDS)

    def _pass_on(self, event: Event) -> None:
        if event.id in self._seen:
            return
        self._seen[event.id] = None
        self._forget()
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            try:
                stream.put_nowait(event)
            except queue.Full:
                self.leave(stream)
                with suppress(queue.Empty):
                    stream.get_nowait()
                stream.put_nowait(None)

    def _forget(self) -> None:
        oldest = int((clock.now() - 2 * LONG).timestamp() * 1000)
        while self._seen:
            first = next(iter(self._seen))
            if first.int >> 80 >= oldest:
                return
            del self._seen[first]


def stream_of(
    feed: Feed,
    *,
    is_for_reader: Callable[[Event], bool],
    last: datetime | None,
    may_stay: Callable[[], bool],
) -> Iterator[str]:
    """The body of a stream: what was missed since `last`, then what comes, with a beat when nothing does.

    `may_stay` is asked every minute whether the reader's session still lives; the stream ends when not.
    """
    stream = feed.subscribe()
    try:
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        given = set()
        for event in feed.replay(last) if last is not None else ():
            given.add(event.id)
            if is_for_reader(event):
                yield event.as_text()
        checked = time.monotonic()
        while True:
            try:
                event_or_end = stream.get(timeout=BEAT_SECONDS)
            except queue.Empty:
                yield ": beat\n\n"
            else:
                if event_or_end is None:
                    return
                if event_or_end.id not in given and is_for_reader(event_or_end):
                    yield event_or_end.as_text()
            if time.monotonic() - checked >= CHECK_SECONDS:
                checked = time.monotonic()
                if not may_stay():
                    return
    finally:
        feed.leave(stream)
