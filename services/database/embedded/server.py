"""Starts, adopts, supervises and stops the embedded server."""

import contextlib
import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from services.database.embedded.cluster import ADMIN, ensure_cluster, ensure_database, environment
from services.database.embedded.errors import EmbeddedServerError
from services.database.embedded.place import Place, socket_directory

START_SECONDS = 30
STOP_SECONDS = 15


class Server:
    """One embedded server, ours or adopted. Used by one process; several processes may each hold one."""

    def __init__(self, place: Place, log: Path) -> None:
        self.place = place
        self.socket = Path()
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    def ensure_running(self) -> None:
        """Adopt a live server of this place, or start one.

        Raises: EmbeddedServerError with a sentence a person can act on.
        """
        with self._locked():
            ensure_cluster(self.place)
            self.socket = socket_directory(self.place)
            if not self._answers():
                self._start()
            with self.connect() as admin:
                ensure_database(self.place, admin)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection of the administrator, who needs no password on this machine."""
        return psycopg.connect(
            host=str(self.socket), user=ADMIN, dbname=database, connect_timeout=3, autocommit=True
        )

    def watch(self) -> None:
        """Keep the server alive from a thread of ours until `stop`."""
        self._watcher = threading.Thread(target=self._watch, name="postgresql-watch", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stop a server that we started (fast: open transactions roll back); leave an adopted one alone."""
        self._stopping.set()
        if self._watcher:
            self._watcher.join(START_SECONDS)
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(STOP_SECONDS)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Only one process at a time decides whether a server has to be started."""
        with (self.place.root / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _answers(self) -> bool:
        """Whether the server answers a query; being told to wait counts as soon as it ends well."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with self.connect():
                    return True
            except psycopg.OperationalError:
                if not self._pid_is_a_server():
                    return False
                time.sleep(0.05)
        raise EmbeddedServerError(
            f"the database in {self.place.data} is running but does not answer; see {self._log}"
        )

    def _pid_is_a_server(self) -> bool:
        """Whether the pid of postmaster.pid is a PostgreSQL of this data directory; a reused pid is not."""
        try:
            pid = int((self.place.data / "postmaster.pid").read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return False
        return b"postgres" in command and os.fsencode(self.place.data) in command

    def _start(self) -> None:
        if not self._pid_is_a_server():
            # Left by a killed run. PostgreSQL would only compare the pid, which may be another program's by now.
            (self.place.data / "postmaster.pid").unlink(missing_ok=True)
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._process = self._spawn()
            if self._await_answer(deadline):
                return
            # Children of a killed server hold its shared memory for a moment: try again until they are gone.
            if time.monotonic() > deadline or self._stopping.is_set():
                raise EmbeddedServerError(f"the database did not start; see {self._log}")
            time.sleep(0.1)

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603
                [
                    self.place.tool("postgres"), "-D", str(self.place.data),
                    "-c", f"unix_socket_directories={_quoted(self.socket)}",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=environment(),
                start_new_session=True, **self.place.user.switch,
            )  # fmt: skip

    def _await_answer(self, deadline: float) -> bool:
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError), self.connect():
                return True
            time.sleep(0.02)
        return False

    def _watch(self) -> None:
        while not self._stopping.wait(0.05):
            if self._is_alive():
                continue
            with contextlib.suppress(EmbeddedServerError, OSError), self._locked():
                if not self._stopping.is_set() and not self._pid_is_a_server():
                    self._start()

    def _is_alive(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return self._pid_is_a_server()


def _quoted(path: Path) -> str:
    return '"' + str(path).replace('"', '""') + '"'
