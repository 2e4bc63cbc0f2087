"""The PostgreSQL that the tests run on: the one named by CITIZEN_TEST_DATABASE_URL, else an embedded one.

One server serves all xdist workers of a run; each worker clones the migrated template once.
"""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

from services.database.embedded import Server, find_place
from services.database.embedded.cluster import ADMIN
from services.database.migrate import migrate
from services.database.provision import provision

OWNER_PASSWORD = "owner-of-tests"
APP_PASSWORD = "app-of-tests"
TEMPLATE = "citizen_test_template"
_LEFT: list[Server] = []


class TestServer:
    """A running server with an administrator's address."""

    __test__ = False

    def __init__(self, admin_url: URL) -> None:
        self.admin_url = admin_url

    def admin(self, database: str) -> psycopg.Connection:
        """An administrator's connection."""
        return psycopg.connect(self._libpq(self.admin_url.set(database=database)), autocommit=True)

    def app_url(self, database: str) -> URL:
        """The serving login's address."""
        return self.admin_url.set(database=database, username="citizen_app", password=APP_PASSWORD)

    def owner_url(self, database: str) -> str:
        """The owner's address."""
        url = self.admin_url.set(database=database, username="citizen_owner", password=OWNER_PASSWORD)
        return url.render_as_string(hide_password=False)

    def ensure_template(self) -> None:
        """Make and migrate the template once per server."""
        with self.admin("postgres") as admin:
            admin.execute("SELECT pg_advisory_lock(1)")
            try:
                found = admin.execute(
                    "SELECT datistemplate FROM pg_database WHERE datname = %s", (TEMPLATE,)
                ).fetchone()
                if found and found[0]:
                    return
                if found:
                    admin.execute(f"DROP DATABASE {TEMPLATE} WITH (FORCE)")
                provision(admin, database=TEMPLATE, owner_password=OWNER_PASSWORD, app_password=APP_PASSWORD)
                migrate(self.owner_url(TEMPLATE))
                admin.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")
            finally:
                admin.execute("SELECT pg_advisory_unlock(1)")

    def clone(self, name: str) -> None:
        """A fresh database from the template."""
        self.drop(name)
        with self.admin("postgres") as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE} OWNER citizen_owner')
            admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO citizen_app')

    def drop(self, name: str) -> None:
        """Drop a clone."""
        with self.admin("postgres") as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @staticmethod
    def _libpq(url: URL) -> str:
        return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def test_server(run_id: str) -> Iterator[TestServer]:
    """The server of this run; the last worker to leave stops an embedded one."""
    given = os.environ.get("CITIZEN_TEST_DATABASE_URL")
    if given:
        server = TestServer(make_url(given).set(drivername="postgresql"))
        server.ensure_template()
        yield server
        return
    folder = Path(tempfile.gettempdir()) / f"citizen-tests-{run_id}"
    folder.mkdir(mode=0o711, exist_ok=True)
    with _one_of_many(folder) as embedded:
        admin = URL.create(
            "postgresql", username=ADMIN, database="postgres", query={"host": str(embedded.socket)}
        )
        server = TestServer(admin)
        server.ensure_template()
        yield server


test_server.__test__ = False  # type: ignore[attr-defined]


@contextmanager
def _one_of_many(folder: Path) -> Iterator[Server]:
    """The run's embedded server: the first worker starts it, the last one out stops it."""
    embedded = Server(find_place(folder), folder / "postgresql.log")
    embedded.ensure_running()
    users = (folder / "users").open("a")
    fcntl.flock(users, fcntl.LOCK_SH)
    try:
        yield embedded
    finally:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _stop(embedded)
        except BlockingIOError:
            # Others still use the server that we may have started; it must outlive this process.
            _LEFT.append(embedded)
        users.close()


def _stop(embedded: Server) -> None:
    """Stop the server whoever of us started it."""
    pid = int((embedded.place.data / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGINT)
    for _ in range(100):
        if not (embedded.place.data / "postmaster.pid").exists():
            break
        time.sleep(0.1)
    embedded.stop()
    shutil.rmtree(embedded.place.root.parent, ignore_errors=True)
    shutil.rmtree(embedded.socket, ignore_errors=True)
