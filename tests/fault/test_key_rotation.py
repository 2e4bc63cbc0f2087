"""Signing keys step on while traffic runs: no token that was issued ever fails to verify, inside or outside.

Two gunicorn workers; an independent verifier that shares no code with the suite keeps a key set as any relying party
does, and asks for it again only when a token names a key that it has not seen.
"""

import os
import threading
import time

import pytest
from sqlalchemy import create_engine

from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.vault.signing import ensure_signing_keys, rotate_signing_keys
from tests.support.fapi2.gunicorn import gunicorn_city
from tests.support.fapi2.jose import opened, verified

pytestmark = [pytest.mark.database, pytest.mark.fault]

ROTATIONS = 5
# A key is published one step before it signs; who asks for keys at most once a second, as our own guard, needs that.
PAUSE_SECONDS = 1.1
PATIENCE_SECONDS = 60
CALLERS = 2
WORKER = Opening(role=Role.WORKER)


@pytest.fixture
def database(server, keys, worker_id):
    name = f"citizen_rotation_{os.getpid()}_{worker_id}"
    server.clone(name)
    url = server.app_url(name)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", pool_size=4, max_overflow=0
    )
    database = Database(engine, keys)
    with database.transaction(WORKER) as session:
        ensure_signing_keys(session)
    shown = url.set(drivername="postgresql").render_as_string(hide_password=False)
    yield database, shown
    engine.dispose()
    server.drop(name)


class Verifier:
    """A relying party's: it keeps the key set, and what it has verified."""

    def __init__(self, party):
        self.party = party
        self.jwks = party.jwks()
        self.kids: set[str] = set()

    def check(self, token: str) -> None:
        kid = opened(token)[0]["kid"]
        if kid not in {key["kid"] for key in self.jwks["keys"]}:
            self.jwks = self.party.jwks()
        _, claims = verified(token, self.jwks)
        assert claims["iss"] == self.party.issuer
        self.kids.add(kid)


def await_kids(verifiers, count, faults):
    """Until tokens of so many keys have been verified: every key of the ring must have signed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(set.union(*(verifier.kids for verifier in verifiers))) < count and not faults:
        assert time.monotonic() < deadline, "no token of the new key was issued"
        time.sleep(0.05)


def test_no_token_fails_to_verify_while_the_keys_step_on(database, settings, tmp_path):
    database, url = database
    with gunicorn_city(database, url, settings, tmp_path / "gunicorn.log") as city:
        machine = city.client(grants=["client_credentials"], scopes=["ebills:import"], redirect_uris=[])
        verifiers = [Verifier(machine) for _ in range(CALLERS)]
        stop, faults, tokens = threading.Event(), [], []

        def call(verifier: Verifier) -> None:
            try:
                while not stop.is_set():
                    answer = machine.call("token", {"grant_type": "client_credentials"})
                    assert answer.status == 200, answer.text
                    token = answer.json()["access_token"]
                    verifier.check(token)
                    assert machine.introspect(token)["active"]
                    tokens.append(token)
            except BaseException as fault:  # noqa: BLE001  # told after the threads have ended
                faults.append(fault)

        threads = [threading.Thread(target=call, args=(verifier,)) for verifier in verifiers]
        for thread in threads:
            thread.start()
        for step in range(ROTATIONS + 1):
            await_kids(verifiers, step + 1, faults)
            time.sleep(PAUSE_SECONDS)
            if step < ROTATIONS:
                with database.transaction(WORKER) as session:
                    rotate_signing_keys(session)
        stop.set()
        for thread in threads:
            thread.join()
        assert faults == []
        # What was signed first is still good: its key is retired, and published.
        last = Verifier(machine)
        for token in tokens:
            last.check(token)
        assert machine.introspect(tokens[0])["active"]
