"""Web workers and PostgreSQL are killed while people file tickets: what was acknowledged exists once, and is owned.

`CITIZEN_KILL_ROUNDS=30` plays longer.
"""

import http.client
import json
import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from hotline import actions, store
from hotline.actions.steps import standing_of
from hotline.rules.channels import Channel
from services import ids
from services.actor import system
from services.database.embedded import Server, find_place, urls_of
from services.database.engine import engine_for
from services.database.migrate import migrate
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.settings import load
from services.vault import load_keys
from services.vault.signing import ensure_signing_keys
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.fapi2.gunicorn import gunicorn_city

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(600)]

ROUNDS = int(os.environ.get("CITIZEN_KILL_ROUNDS", "3"))
REPORTERS = 3
PATIENCE_SECONDS = 30
WORKER = Opening(role=Role.WORKER, service="hotline")
# In the queue, under a claim, or with a department: exactly one of the three.
UNOWNED = """
    SELECT number FROM hotline.tickets
    WHERE state NOT IN ('answered', 'declined', 'transferred', 'closed') AND
        (state = 'received' AND claimed_by IS NULL AND unit = 'HOTLINE')::int
        + (state = 'triage' AND claimed_by IS NOT NULL AND claimed_until IS NOT NULL)::int
        + (state NOT IN ('received', 'triage') AND claimed_by IS NULL AND unit <> 'HOTLINE')::int <> 1
"""


@dataclass
class Told:
    """What callers were told, and a word to stop."""

    by_key: dict[str, str] = field(default_factory=dict)
    open311: list[str] = field(default_factory=list)
    unsettled: set[str] = field(default_factory=set)
    claims: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


def call(base_url, path, body, headers):
    """(status, content), or (0, None) when the connection broke."""
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None
    except (OSError, http.client.HTTPException, ValueError):
        return 0, None
    finally:
        connection.close()


def report(base_url, token, told):
    """File one ticket after the other, each under a key until it is acknowledged."""
    while not told.stop.is_set():
        key = ids.new_token(9)
        told.unsettled.add(key)
        body = json.dumps({"category": "road", "text": f"井盖松了 {key}", "district": "东岸区"}).encode()
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        while key in told.unsettled:
            status, content = call(base_url, "/hotline/v1/tickets", body, headers)
            if status == 201:
                told.by_key[key] = content["number"]
                told.unsettled.discard(key)
            elif told.stop.is_set():
                break
            else:
                assert status in {0, 500, 503}, (status, content)
                time.sleep(0.1)


def report_by_open311(base_url, api_key, told):
    """File without a second try: only what is acknowledged counts."""
    while not told.stop.is_set():
        form = {
            "api_key": api_key,
            "service_code": "road",
            "address_string": "和平路",
            "description": ids.new_token(9),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, content = call(base_url, "/hotline/open311/v2/requests.json", urlencode(form), headers)
        if status == 201:
            told.open311.append(content[0]["service_request_id"])
        time.sleep(0.02 if status == 201 else 0.2)


def dispatch(base_url, token, told):
    """Claim what waits and send it on, as long as it goes."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    while not told.stop.is_set():
        status, content = call(base_url, "/hotline/v1/queue/claim-next", b"", headers)
        if status != 200:
            time.sleep(0.1)
            continue
        told.claims += 1
        if told.claims % 3:
            body = json.dumps({"action": "dispatch", "fence": content["fence"]}).encode()
            call(base_url, f"/hotline/v1/tickets/{content['id']}/actions", body, headers)


def children_of(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def kill_a_worker(city, _server):
    workers = children_of(city.process)
    if workers:
        os.kill(random.choice(workers), signal.SIGKILL)


def kill_postgres(_city, server):
    os.kill(int((server.place.data / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)


def crash_a_backend(_city, server):
    """One backend killed: PostgreSQL throws all of them out and recovers from its log."""
    with server.connect() as admin:
        row = admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'citizen_app' AND backend_type = 'client backend' LIMIT 1"
        ).fetchone()
    if row:
        os.kill(row[0], signal.SIGKILL)


def await_progress(told):
    """Until somebody is acknowledged again."""
    before, deadline = len(told.by_key), time.monotonic() + PATIENCE_SECONDS
    while len(told.by_key) <= before + 2:
        assert time.monotonic() < deadline, "nobody was answered after the kill"
        time.sleep(0.05)


@pytest.fixture
def server(tmp_path):
    found = Server(find_place(tmp_path), tmp_path / "log" / "postgresql.log")
    found.ensure_running()
    found.watch()
    yield found
    found.stop()


def test_acknowledged_ticket_survives_every_kill_once_and_open_ones_are_owned(server, tmp_path) -> None:
    urls = urls_of(server.place)
    migrate(urls.owner_url)
    settings = load(
        {"CITIZEN_MODE": "demo", "CITIZEN_DATA_DIR": str(tmp_path), "CITIZEN_DATABASE_URL": str(urls.app_url)}
    )
    engine = engine_for(settings, urls.app_url)
    database = Database(engine, load_keys(settings))
    with database.transaction(WORKER) as session:
        ensure_signing_keys(session)
        made = actions.create_channel_key(session, system("tests"), channel=Channel.OPEN311, title="t")
    told = Told()
    with gunicorn_city(database, str(urls.app_url), settings, tmp_path / "gunicorn.log") as city:
        reporters = [resident_bearer(city.application) for _ in range(REPORTERS)]
        operator = staff_bearer(city.application, "operator", "HOTLINE")
        threads = [
            threading.Thread(target=report, args=(city.base_url, one.token, told)) for one in reporters
        ]
        threads.append(threading.Thread(target=report_by_open311, args=(city.base_url, made.key, told)))
        threads.append(threading.Thread(target=dispatch, args=(city.base_url, operator.token, told)))
        for thread in threads:
            thread.start()
        try:
            for number in range(ROUNDS):
                await_progress(told)
                (kill_postgres, kill_a_worker, crash_a_backend)[number % 3](city, server)
                await_progress(told)
        finally:
            told.stop.set()
            for thread in threads:
                thread.join()
    # Connections from before the kills are dead.
    engine.dispose()
    check(database, told)
    engine.dispose()


def check(database, told):
    """What stands in the database, against what was told."""
    with database.transaction(WORKER) as session:
        numbers = [row[0] for row in session.raw("SELECT number FROM hotline.tickets")]
        assert session.raw(UNOWNED).fetchall() == []
        assert len(set(numbers)) == len(numbers)
        acknowledged = [*told.by_key.values(), *told.open311]
        assert len(set(acknowledged)) == len(acknowledged)
        assert set(acknowledged) <= set(numbers)
        assert told.claims
        # Nobody heard of more than one ticket for a key; what nobody heard of was still under way at a kill.
        assert len(told.by_key) > ROUNDS
        public = {row[0] for row in session.raw("SELECT number FROM hotline.public_requests")}
        assert public == set(numbers)
        after = None
        while rows := store.list_open_after(session, after, limit=500):
            for ticket in rows:
                standing = standing_of(session, ticket)
                assert (standing.facts.state.value, standing.facts.sequence) == (ticket.state, ticket.version)
                assert [event.sequence for event in standing.events] == list(range(1, ticket.version + 1))
            after = rows[-1].id
