"""Signing keys step while two gunicorn workers issue tokens: nobody who verifies is failed once.

Verifiers keep a copy of the published keys that is older than the step, which is the worst that the rule of
`rotation_safe_from` lets happen, and they never fetch when a key is unknown to them.
"""

import os
import threading
import time
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import create_engine

from services import clock
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.vault.signing import (
    PUBLISHED_FIRST,
    ensure_signing_keys,
    rotate_signing_keys,
    rotation_safe_from,
)
from tests.support.fapi2.gunicorn import gunicorn_city
from tests.support.fapi2.http import send
from tests.support.fapi2.jose import new_key

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(300)]

WORKER = Opening(role=Role.WORKER)
STEPS = 4
VERIFIERS = 3


@pytest.fixture(scope="module")
def city(server, settings, keys, worker_id, tmp_path_factory):
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
    log = tmp_path_factory.mktemp("rotation") / "gunicorn.log"
    with gunicorn_city(database, shown, settings, log) as running:
        yield running
    engine.dispose()
    server.drop(name)


class Verifier:
    """A client that takes tokens, verifies them by its own copy of our keys, and uses them at a resource."""

    def __init__(self, city):
        self.city = city
        self.machine = city.client(
            key=new_key(), grants=["client_credentials"], scopes=["ebills:import"], redirect_uris=[]
        )
        self.known = self.fetch()
        self.verified: list[str] = []
        self.tokens: list[str] = []
        self.failed: list[str] = []

    def fetch(self):
        answer = send("GET", f"{self.city.base_url}/oauth/jwks")
        assert answer.status == 200
        return KeySet.import_key_set(answer.json())

    def verify(self, token):
        return jwt.decode(token, self.known, algorithms=["ES256"])

    def work(self, stop):
        while not stop.is_set():
            answer = self.machine.call("token", {"grant_type": "client_credentials"})
            if answer.status != 200:
                self.failed.append(f"token {answer.status} {answer.body[:200]}")
                continue
            token = answer.json()["access_token"]
            try:
                self.verified.append(self.verify(token).header["kid"])
            except Exception as error:  # noqa: BLE001  # whatever it is, it is a failed verification
                self.failed.append(f"verification {error!r}")
            shown = send(
                "GET", f"{self.city.base_url}/ebills/v1/bills", headers=[("Authorization", f"Bearer {token}")]
            )
            # 403: the token is good, and the scope is another one; 401 would be a token that is not known.
            if shown.status == 401:
                self.failed.append("resource 401")
            self.tokens.append(token)


def test_no_verification_fails_while_keys_step(city):
    verifiers = [Verifier(city) for _ in range(VERIFIERS)]
    stop = threading.Event()
    threads = [threading.Thread(target=one.work, args=(stop,)) for one in verifiers]
    for thread in threads:
        thread.start()
    try:
        for _ in range(STEPS):
            time.sleep(1.5)
            # Every copy is now as old as it may be when the next step comes.
            for one in verifiers:
                one.known = one.fetch()
            time.sleep(0.3)
            with city.database.transaction(WORKER) as session:
                rotate_signing_keys(session)
        time.sleep(1.5)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [one.failed for one in verifiers] == [[]] * VERIFIERS
    for one in verifiers:
        assert len(set(one.verified)) == STEPS + 1, "each key in turn has signed"
        # Whatever was signed before still verifies by the newest copy: retired keys stay published.
        one.known = one.fetch()
        for token in one.tokens:
            one.verify(token)


def test_a_step_waits_until_the_next_key_has_been_published_long_enough(committed):
    at = clock.now()
    with clock.held(at), committed.transaction(WORKER) as session:
        rotate_signing_keys(session)
        assert rotation_safe_from(session) == at + PUBLISHED_FIRST
    with clock.held(at + timedelta(hours=1)), committed.transaction(WORKER) as session:
        assert rotation_safe_from(session) == session.at


def test_the_first_step_is_safe_at_once(committed):
    with committed.transaction(WORKER) as session:
        assert rotation_safe_from(session) == session.at
