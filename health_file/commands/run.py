"""One run of an import: two passes over the files, batch by batch, by several processes where that is faster."""

import multiprocessing
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from health_file.actions.importing import Import, Result
from health_file.commands.files import Input, read_entries
from health_file.commands.report import Report
from health_file.commands.work import CHECK, LOAD, forget, settle, start, work_on
from health_file.fhir.importing import Entry
from health_file.rules import DIRECTORY_TYPES, SHELF_TYPES
from services import ids
from services.actor import system
from services.database.transaction import Database
from services.progress import Progress
from services.settings import Settings

BATCH = 200
BATCH_BYTES = 2 * 1024 * 1024
AHEAD = 2  # batches waiting for each process


class Interrupted(Exception):
    """Somebody pressed Ctrl-C; every batch that had begun has ended."""


class Run:
    """An import from beginning to end. Whoever runs it again finds what is there."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        inputs: Sequence[Input],
        report: Report,
        *,
        unit: str,
        source: str,
        workers: int,
    ) -> None:
        self.job = Import(replace(system("health_file.import"), unit=unit), source, ids.new_id())
        self._settings, self._database = settings, database
        self._inputs, self._report, self._workers = inputs, report, workers
        self._progress = Progress("import", max(1, 4 * sum(one.size for one in inputs)))
        self._types: dict[int, set[str]] = {number: set() for number in range(len(inputs))}
        self._lengths: dict[int, int] = {}
        self._counts: Counter[str] = Counter()
        self._is_stopped = threading.Event()

    def go(self) -> dict[str, int]:
        """Check everything, then load it. Raises: Interrupted."""
        with self._interruptible(), self._processes() as send:
            self._pass("check", CHECK, send, None)
            settle(self._database, self.job)
            for types in self._sweeps():
                self._pass("load", LOAD, send, types)
        forget(self._database, self.job)
        names = ("created", "changed", "unchanged", "refused", "warnings")
        return {"entries": self._entries, **{name: self._counts[name] for name in names}}

    def _pass(
        self,
        name: str,
        step: str,
        send: "Callable[[str, list[Entry]], Future[Result]]",
        types: frozenset[str] | None,
    ) -> None:
        waiting: deque[Future[Result]] = deque()
        self._entries = 0
        for batch in self._batches(name, types):
            if self._is_stopped.is_set():
                break
            waiting.append(send(step, batch))
            while len(waiting) > AHEAD * self._workers or (waiting and waiting[0].done()):
                self._take(waiting.popleft().result())
        for future in waiting:
            self._take(future.result())
        if self._is_stopped.is_set():
            raise Interrupted

    def _sweeps(self) -> Iterator[frozenset[str]]:
        """Patients and the directory first, and last what may name any of the others as the one it is about."""
        first = frozenset({"Patient", *DIRECTORY_TYPES})
        last = frozenset(SHELF_TYPES)
        found = frozenset().union(*self._types.values())
        yield from (found & first, found - first - last, found & last)

    def _batches(self, name: str, types: frozenset[str] | None) -> Iterator[list[Entry]]:
        """The entries of these types, or all, in batches; files without any are passed over in the later passes."""
        batch: list[Entry] = []
        length = 0
        for number, given in enumerate(self._inputs):
            if types is not None and not types & self._types[number]:
                self._entries += self._lengths[number]
                self._show(name, given.size)
                continue
            at, first = 0, self._entries
            for entry, read in read_entries(given, first):
                self._entries = entry.ordinal
                self._types[number].add(entry.type)
                if types is None or entry.type in types:
                    batch.append(entry)
                    length += len(entry.text)
                if len(batch) >= BATCH or length >= BATCH_BYTES:
                    yield batch
                    batch, length = [], 0
                if read != at:
                    self._show(name, read - at)
                    at = read
            self._lengths[number] = self._entries - first
            self._show(name, given.size - at)
        if batch:
            yield batch

    def _show(self, name: str, count: int) -> None:
        counts = self._counts
        done = counts["created"] + counts["changed"] + counts["unchanged"]
        words = f"{counts['checked']} checked" if name == "check" else f"{done} in"
        self._progress.step(f"{name}: {words}, {counts['refused']} refused", count=count)

    def _take(self, result: Result) -> None:
        self._counts.update(result.counts)
        self._report.add(result.refusals)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """The first Ctrl-C lets what has begun end; the second ends at once, which harms nothing either."""

        def stop(_signal: int, _frame: Any) -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            self._is_stopped.set()

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    @contextmanager
    def _processes(self) -> "Iterator[Callable[[str, list[Entry]], Future[Result]]]":
        if self._workers == 1:

            def here(step: str, batch: list[Entry]) -> "Future[Result]":
                future: Future[Result] = Future()
                future.set_result(work_on(self._database, step, self.job, batch))
                return future

            yield here
            return
        url = self._database.engine.url.render_as_string(hide_password=False)
        with ProcessPoolExecutor(
            self._workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=start,
            initargs=(self._settings, url),
        ) as pool:
            yield lambda step, batch: pool.submit(_in_process, step, self.job, batch)


def _in_process(step: str, job: Import, batch: list[Entry]) -> Result:
    from health_file.commands import work

    return work.work_on(work.own_database(), step, job, batch)
