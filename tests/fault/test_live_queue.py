"""The live queue over a real connection: what commits is seen at once, and who comes back has missed nothing."""

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from werkzeug.serving import make_server

from hotline import actions
from services.actor import Actor, ActorKind
from services.app import create_app
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_staff
from wsgi import MANIFESTS

pytestmark = [pytest.mark.database, pytest.mark.fault]

TICKET = {"category": "street_light", "text": "三号楼前的路灯坏了", "district": "东岸区", "place": "和平路"}
STREAM = "/console/events"


class Reader:
    """A browser's EventSource, in as few lines as the standard allows."""

    def __init__(self, port: int, cookie: str, last: str | None = None) -> None:
        self.http = HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {"Cookie": cookie, "Host": "localhost", "Accept": "text/event-stream"}
        self.http.request("GET", STREAM, headers=headers | ({"Last-Event-ID": last} if last else {}))
        self.answer = self.http.getresponse()
        assert (self.answer.status, self.answer.getheader("Content-Type")) == (
            200,
            "text/event-stream; charset=utf-8",
        )
        assert self._block() == {"retry": "3000"}

    def next(self) -> dict[str, str]:
        """The next event; comments are passed over."""
        while True:
            block = self._block()
            if "data" in block:
                return block

    def _block(self) -> dict[str, str]:
        fields = {}
        while line := self.answer.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields[name or "comment"] = value
        return fields

    def close(self) -> None:
        self.answer.close()
        self.http.close()


@pytest.fixture
def suite(settings, committed) -> Iterator[tuple[object, int]]:
    """The app with its streams, served by threads: its port."""
    app = create_app(settings, MANIFESTS, committed, with_streams=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app, server.server_port
    server.shutdown()


def signed_in(app, committed, **staff) -> str:
    """The cookie of a member of staff who signed in."""
    with cheap_passwords():
        browser = Browser(app)
        browser.sign_in(enrol_staff(committed, **staff))
    return "; ".join(f"{one.key}={one.value}" for one in browser.http._cookies.values())


def test_stream_shows_each_step_and_a_reader_who_returns_missed_nothing(suite, committed, privacy) -> None:
    app, port = suite
    privacy.watch(TICKET["text"], TICKET["place"])
    reporter, operator = resident_bearer(app), staff_bearer(app, "operator", "HOTLINE")
    cookie = signed_in(app, committed)
    reader = Reader(port, cookie)
    filed = reporter.post("/hotline/v1/tickets", json=TICKET).get_json()
    first = reader.next()
    assert json.loads(first["data"]) == {
        "ticket": filed["id"], "number": filed["number"], "category": "street_light", "district": "东岸区",
        "state": "received", "unit": "HOTLINE", "version": 1, "is_held": False,
    }  # fmt: skip
    reader.close()
    path = f"/hotline/v1/tickets/{filed['id']}"
    operator.post(f"{path}/claim")
    operator.post(f"{path}/actions", json={"action": "dispatch"})
    returned = Reader(port, cookie, last=first["id"])
    seen = [json.loads(returned.next()["data"]) for _ in range(3)]
    assert [(one["version"], one["state"], one["is_held"]) for one in seen] == [
        (1, "received", False), (2, "triage", True), (3, "dispatched", False),
    ]  # fmt: skip
    returned.close()


def test_stream_of_a_department_shows_its_own_tickets_alone() -> None:
    works = Actor(kind=ActorKind.STAFF, roles=frozenset({"officer"}), unit="WORKS-DA")
    desk = Actor(kind=ActorKind.STAFF, roles=frozenset({"operator"}), unit="HOTLINE")
    resident = Actor(kind=ActorKind.RESIDENT)
    shown = [
        [actions.may_see_change(reader, unit) for unit in ("WORKS-DA", "HOTLINE")]
        for reader in (works, desk, resident)
    ]
    assert shown == [[True, False], [True, True], [False, False]]


def test_stream_needs_a_session_of_staff(suite) -> None:
    _, port = suite
    http = HTTPConnection("127.0.0.1", port, timeout=10)
    http.request("GET", STREAM, headers={"Host": "localhost"})
    assert http.getresponse().status == 303


def test_stream_is_declined_without_a_word_where_threads_answer(app, database) -> None:
    with cheap_passwords():
        browser = Browser(app)
        browser.sign_in(enrol_staff(database))
    assert browser.get(STREAM).status_code == 204


def test_question_for_changes_is_304_until_something_moves(app, database) -> None:
    with cheap_passwords():
        browser = Browser(app)
        browser.sign_in(enrol_staff(database))
    url = "/console/hotline/changes"
    first = browser.get(url)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert browser.http.get(url, headers=tag, base_url="http://localhost").status_code == 304
    resident_bearer(app).post("/hotline/v1/tickets", json=TICKET)
    moved = browser.http.get(url, headers=tag, base_url="http://localhost")
    assert (moved.status_code, moved.headers["ETag"] != first.headers["ETag"]) == (200, True)


def test_presence_names_the_other_seats_that_have_a_ticket_open(app, database) -> None:
    filed = resident_bearer(app).post("/hotline/v1/tickets", json=TICKET).get_json()
    page = f"/console/hotline/{filed['id']}"
    with cheap_passwords():
        one, other = Browser(app), Browser(app, address="192.0.2.2")
        one.sign_in(enrol_staff(database))
        other.sign_in(enrol_staff(database))
    assert "也在看这一件的座席" not in one.get(page).text.replace('data-others="也在看这一件的座席', "")
    assert "也在看这一件的座席：" in other.get(page).text.replace('data-others="也在看这一件的座席：', "")
