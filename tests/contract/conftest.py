"""A served suite for the black-box tests: one per worker, over a database that really commits."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.ports import KeyRing
from services.vault.signing import ensure_signing_keys
from tests.support.fapi2.city import City, open_city
from tests.support.servers import TestServer


@pytest.fixture(scope="session")
def city(server: TestServer, keys: KeyRing, worker_id: str) -> Iterator[City]:
    """The suite on a port of its own."""
    name = f"citizen_city_{os.getpid()}_{worker_id}"
    server.clone(name)
    url = server.app_url(name).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=20, max_overflow=0)
    database = Database(engine, keys)
    with database.transaction(Opening(role=Role.WORKER)) as session:
        ensure_signing_keys(session)
    with open_city(database) as running:
        yield running
    engine.dispose()
    server.drop(name)
