"""Fixtures of all tests. Real PostgreSQL, rolled back; keys in a folder of their own; a privacy alarm on."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from sqlalchemy import create_engine
from werkzeug.test import TestResponse

from services.actor import Actor, ActorKind
from services.database.engine import engine_for
from services.database.roles import Role, role_of
from services.database.session import Opening, Session
from services.database.transaction import Database
from services.ports import KeyRing
from services.settings import Settings, load
from services.vault import load_keys
from services.vault.signing import ensure_signing_keys
from tests.support.audit import undocumented_events
from tests.support.database import SavepointDatabase
from tests.support.privacy import PrivacyAlarm
from tests.support.servers import TestServer, test_server

TESTS = Path(__file__).parent
# Each test makes an app of a million objects; left to itself the collector walks all of them several times a test.
gc.set_threshold(200_000, 20, 100)
# Long rounds: `make test` stays within minutes without them, `make test-long` runs them.
LONG = {
    "api/test_fhir_search_parameters.py",
    "contract/test_fuzz.py",
    "fault/test_health_import_interrupted.py",
    "fault/test_hotline_survives.py",
}
# The same examples in every run, and as much time as they take on a busy machine: a red run is red everywhere.
hypothesis.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis.load_profile("suite")
DATABASE_FIXTURES = {"database", "committed", "admin", "client", "app", "open_as", "server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches PostgreSQL, so that it runs again on the oldest supported server, and the long rounds."""
    for item in items:
        if DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)
        if item.path.relative_to(TESTS).as_posix() in LONG:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Demo settings with a folder of their own."""
    folder = tmp_path_factory.mktemp("data")
    environ = {
        "CITIZEN_MODE": "demo",
        "CITIZEN_DATA_DIR": str(folder),
        "CITIZEN_DATABASE_URL": "postgresql://given-by-the-fixtures",
        # A test's outer transaction is idle whenever the test thinks, as the fuzzer does for long.
        "CITIZEN_IDLE_TIMEOUT_MS": "300000",
    }
    return load(environ)


@pytest.fixture(scope="session")
def keys(settings: Settings) -> KeyRing:
    """Fresh keys."""
    return load_keys(settings)


@pytest.fixture(scope="session")
def server(worker_id: str) -> Iterator[TestServer]:
    """The run's PostgreSQL server."""
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    with test_server(run_id) as running:
        yield running


@pytest.fixture(scope="session")
def worker_database(server: TestServer, worker_id: str) -> Iterator[str]:
    """This worker's clone of the migrated template."""
    name = f"citizen_test_{os.getpid()}_{worker_id}"
    server.clone(name)
    yield name
    server.drop(name)


@pytest.fixture(scope="session")
def worker_engine(server: TestServer, worker_database: str, settings: Settings) -> Iterator[object]:
    """The worker's engine, with signing keys made once."""
    engine = engine_for(settings, server.app_url(worker_database))
    database = Database(engine, load_keys(settings))
    with database.transaction(Opening(role=Role.WORKER)) as session:
        ensure_signing_keys(session)
    yield engine
    engine.dispose()


@pytest.fixture
def database(worker_engine: object, keys: KeyRing, privacy: PrivacyAlarm) -> Iterator[SavepointDatabase]:
    """A database whose every transaction is forgotten after the test, once the alarm has read what it left."""
    savepoints = SavepointDatabase(worker_engine, keys)  # type: ignore[arg-type]
    savepoints.open_outer()
    yield savepoints
    leaves = savepoints.read_as(Role.VERIFIER, "SELECT convert_from(leaf, 'UTF8') FROM audit.events")
    privacy.saw("audit", leaves)
    jobs = savepoints.read_as(Role.WORKER, "SELECT args::text FROM jobs.procrastinate_jobs")
    privacy.saw("jobs", jobs)
    undocumented = undocumented_events(savepoints)
    savepoints.close_outer()
    assert undocumented == [], f"audit rows that no manifest documents: {undocumented}"


@pytest.fixture
def committed(server: TestServer, settings: Settings, keys: KeyRing, worker_id: str) -> Iterator[Database]:
    """A database that really commits, on a clone of its own."""
    name = f"citizen_committed_{os.getpid()}_{worker_id}"
    server.clone(name)
    url = server.app_url(name).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=20, max_overflow=0)
    database = Database(engine, keys)
    with database.transaction(Opening(role=Role.WORKER)) as session:
        ensure_signing_keys(session)
    yield database
    engine.dispose()
    server.drop(name)


@pytest.fixture
def admin(server: TestServer, worker_database: str) -> Iterator[psycopg.Connection]:
    """A superuser's connection to the worker's clone; what it does is rolled back."""
    with server.admin(worker_database) as connection:
        connection.autocommit = False
        yield connection
        connection.rollback()


@pytest.fixture
def open_as(database: SavepointDatabase) -> Callable[..., AbstractContextManager[Session]]:
    """Open a transaction for an actor, as the guard would on a route of a service."""

    def opened(
        actor: Actor, *, service: str = "", role: Role | None = None
    ) -> AbstractContextManager[Session]:
        entered = role or role_of(actor)
        subjects = () if actor.subject is None else (actor.subject,)
        return database.transaction(
            Opening(role=entered, service=service, account=actor.account, subjects=subjects)
        )

    return opened


@pytest.fixture
def app(settings: Settings, database: SavepointDatabase) -> Flask:
    """The whole app over the vanishing database."""
    from wsgi import make_app

    return make_app(settings, database)


@pytest.fixture
def client(app: Flask, privacy: PrivacyAlarm) -> FlaskClient:
    """A browser or program talking to the app; the alarm reads every problem it gets."""
    watched = app.test_client()
    plain = watched.open

    def opened(*arguments: object, **options: object) -> TestResponse:
        response = plain(*arguments, **options)  # type: ignore[arg-type]
        if response.mimetype == "application/problem+json":
            privacy.saw("problem", [response.text])
        return response

    watched.open = opened  # type: ignore[method-assign, assignment]
    return watched


@pytest.fixture(autouse=True)
def privacy(caplog: pytest.LogCaptureFixture) -> Iterator[PrivacyAlarm]:
    """Fails a test in which something private reached a log, an audit row, a job or a problem."""
    alarm = PrivacyAlarm()
    yield alarm
    alarm.saw("log", [record.getMessage() + str(record.args) for record in caplog.records])
    leaks = alarm.leaks()
    assert leaks == [], f"private values reached: {', '.join(leaks)}"


@pytest.fixture
def resident() -> Actor:
    """Somebody who is only an id: enough for services that know no names."""
    from services import ids

    subject = ids.new_id()
    return Actor(kind=ActorKind.RESIDENT, account=subject, subject=subject)


@pytest.fixture
def noon() -> datetime:
    """An instant to hold the clock at."""
    return datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test's own."""
    return tmp_path
