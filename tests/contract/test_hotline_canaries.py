"""What reporters say reaches nobody but who works on it: not Open311, open data, counts, streams, strangers or logs.

Tickets come in by every channel, each word of theirs a canary; then every address of the hotline is asked by those who
have nothing to do with them. The addresses are those that exist: a new one is in it from the day it is mounted.
"""

import json
import re
from itertools import chain

import pytest

from hotline import actions
from hotline.pages import live
from hotline.rules.channels import Channel
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_resident
from tests.support.webhooks import Sender

MARK = "卡纳里"
CONTACT = {"name": f"王小明{MARK}", "phone": "13912345678", "email": "wang@canary.example"}
TICKET = {
    "category": "street_light",
    "district": "东岸区",
    "text": f"三号楼前的路灯坏了{MARK}",
    "place": f"和平路 1234 弄{MARK}",
    "attributes": {"POLE_NUMBER": "HP-CANARY-1", "FAULT": "dark"},
    "contact": CONTACT,
    "point": {"latitude": 31.23524078, "longitude": 121.4712043},
}
CALLER = "13800138123"
KEY = "a-key-of-the-canaries"
CANARIES = (
    MARK, *CONTACT.values(), "wang@canary", "canary.example", "HP-CANARY-1", CALLER, "31.2352", "121.4712",
)  # fmt: skip
OPEN311 = "/hotline/open311/v2"
QUERIES = {
    "/hotline/v1/statistics": ("by=category", "by=district", "by=unit"),
    f"{OPEN311}/requests.json": ("status=open", "status=closed", "service_code=street_light"),
    f"{OPEN311}/requests.xml": ("status=open", "status=closed", "service_code=street_light"),
}
FILLERS = {
    "code": "where-to-go",
    "service_code": "street_light",
    "step": "1",
    "version": "1",
    "part": "image",
}


@pytest.fixture
def channels(client, database, privacy):
    """Keys of the programs that bring tickets; from here on logs, audit, jobs and problems are watched for canaries."""
    privacy.watch(*CANARIES)
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        made = [
            actions.create_channel_key(session, system("tests"), channel=one, title="t", key=key)
            for one, key in ((Channel.OPEN311, KEY), (Channel.CALLS, None), (Channel.MAIL, None))
        ]
    return client, Sender(client, made[1].key), Sender(client, made[2].key)


@pytest.fixture
def desk(app):
    return [staff_bearer(app, *who) for who in (("operator", "HOTLINE"), ("supervisor", "HOTLINE"))]


@pytest.fixture
def filed(app, channels, desk):
    """Tickets by every channel, and what happened to them; the ids of all, and number and code of the first."""
    http, phone, mail = channels
    reporter = resident_bearer(app)
    first, hidden, sealed, merged = (
        reporter.post("/hotline/v1/tickets", json=TICKET | more).get_json()
        for more in ({}, {"is_anonymous": True}, {"is_confidential": True}, {"text": f"路灯{MARK}还没修"})
    )
    form = {
        "api_key": KEY, "service_code": "street_light", "lat": "31.23524078", "long": "121.4712043",
        "description": TICKET["text"], "first_name": CONTACT["name"], "phone": CONTACT["phone"],
        "email": CONTACT["email"], "media_url": "http://canary.example/1.jpg",
        "attribute[POLE_NUMBER]": "HP-CANARY-1", "attribute[FAULT]": "dark",
    }  # fmt: skip
    for more in ({}, {"anonymous": "true"}):
        assert http.post(f"{OPEN311}/requests.json", data=form | more).status_code == 201
    letter = (
        f"From: Wang <{CONTACT['email']}>\r\nTo: hotline@city.example\r\nSubject: {MARK}\r\n"
        f"Message-ID: <1@canary.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{TICKET['text']}"
    )
    assert mail.letter(letter.encode()).get_json()["outcome"] == "filed"
    assert phone.call("call.started", caller=CALLER).status_code == 200
    operator, _ = desk
    (call,) = operator.get("/hotline/v1/calls").get_json()["items"]
    on_call = {name: TICKET[name] for name in ("category", "text", "district", "place")} | {
        "call_id": call["id"]
    }
    assert operator.post("/hotline/v1/tickets", json=on_call).status_code == 201
    note = {"action": "supplement", "note": f"电话 {CONTACT['phone']} {MARK}"}
    assert reporter.post(f"/hotline/v1/tickets/{first['id']}/replies", json=note).status_code == 200
    for one in (first, merged):
        assert operator.post(f"/hotline/v1/tickets/{one['id']}/claim").status_code == 200
    path = f"/hotline/v1/tickets/{merged['id']}"
    assert operator.post(f"{path}/merge", json={"into": first["number"]}).status_code == 200
    assert reporter.post(f"{path}/replies", json=note).status_code == 200
    shown = {"text": "和平路一盏路灯不亮"}
    assert operator.post(f"/hotline/v1/tickets/{first['id']}/publication", json=shown).status_code == 200
    sent = {"action": "dispatch", "note": f"请联系{CONTACT['name']}"}
    assert operator.post(f"/hotline/v1/tickets/{first['id']}/actions", json=sent).status_code == 200
    with app.extensions["citizen_database"].transaction(
        Opening(role=Role.WORKER, service="hotline")
    ) as session:
        actions.count_days(session)
    return [first, hidden, sealed, merged], call["id"]


def addresses(app, filed):
    """Every GET address of the hotline and its pages, with a foreign id in every place that an address has."""
    tickets, call = filed
    for rule in app.url_map.iter_rules():
        is_ours = rule.rule.startswith(("/hotline", "/my/tickets", "/console", "/track"))
        if not is_ours or "GET" not in (rule.methods or ()):
            continue
        for ticket in tickets if "<" in rule.rule else tickets[:1]:
            ids = FILLERS | {
                "ticket_id": ticket["id"],
                "service_request_id": ticket["number"],
                "call_id": call,
            }

            def filled(place, ids=ids, ticket=ticket):
                return ids.get(place[1], ticket["id"])

            address = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", filled, rule.rule)
            yield address
            yield from (f"{address}?{query}" for query in QUERIES.get(address, ()))


def found_in(text):
    return [canary for canary in CANARIES if canary in text]


def test_addresses_shown_to_everybody_and_to_strangers_hold_nothing_of_a_reporter(
    app, client, desk, filed
) -> None:
    stranger, officer = resident_bearer(app), staff_bearer(app, "officer", "GREEN-XP")
    with cheap_passwords():
        page = Browser(app)
        page.sign_in(enrol_resident(app.extensions["citizen_database"]))
    # The desk does read them: the canaries are where they would be found.
    assert set(found_in(desk[1].get(f"/hotline/v1/tickets/{filed[0][0]['id']}").text)) >= {
        MARK,
        *CONTACT.values(),
    }
    asked = list(addresses(app, filed))
    assert len(asked) > 60
    leaks = {
        (address, number): found
        for address in asked
        for number, who in enumerate((client, stranger, officer, page))
        if (found := found_in(who.get(address).get_data().decode("utf-8", "replace")))
    }
    assert leaks == {}
    open_data = client.get("/hotline/v1/open-data/tickets.csv").text
    assert "和平路一盏路灯不亮" in open_data
    assert client.get(f"{OPEN311}/requests.json").get_json()


def test_search_by_a_stranger_or_another_department_finds_nothing(app, filed) -> None:
    officer = staff_bearer(app, "officer", "GREEN-XP")
    for words in (MARK, "路灯", filed[0][0]["number"]):
        for path in ("/hotline/v1/tickets/search", "/hotline/v1/tickets/search/facets"):
            answer = officer.post(path, json={"words": words}).get_json()
            assert answer.get("items", []) == []
            assert answer.get("total", 0) == 0
            assert resident_bearer(app).post(path, json={"words": words}).status_code == 403


def test_track_of_one_ticket_shows_nothing_of_another(app, client, filed) -> None:
    other = resident_bearer(app)
    own = other.post(
        "/hotline/v1/tickets", json={"category": "road", "text": "井盖松了", "district": "东岸区"}
    ).get_json()
    (first, *_), _ = filed
    asked = {"number": own["number"], "tracking_code": own["tracking_code"]}
    assert found_in(client.post("/hotline/v1/track", json=asked).text) == []
    wrong = {"number": first["number"], "tracking_code": own["tracking_code"]}
    refused = client.post("/hotline/v1/track", json=wrong)
    assert (refused.status_code, found_in(refused.text)) == (404, [])


def test_streams_say_ids_and_codes_only(app, database, noon, filed) -> None:
    del filed
    events = live._read(database, noon.replace(year=2020))
    said = json.dumps([event.data for event in events], ensure_ascii=False)
    assert len(events) >= 8
    assert found_in(said) == []
    names = set(chain.from_iterable(event.data for event in events))
    assert names == {"ticket", "number", "category", "district", "state", "unit", "version", "is_held"}


def test_tables_without_row_policy_hold_nothing_in_clear(database, filed) -> None:
    del filed
    for query in (
        "SELECT row_to_json(t)::text FROM hotline.public_requests t",
        "SELECT row_to_json(t)::text FROM hotline.daily_counts t",
        "SELECT row_to_json(t)::text FROM hotline.search_texts t",
        "SELECT row_to_json(t)::text FROM hotline.queue_changes t",
        "SELECT row_to_json(t)::text FROM hotline.recent_texts t",
        "SELECT row_to_json(t)::text FROM hotline.tickets t",
        "SELECT row_to_json(t)::text FROM hotline.ticket_events t",
        "SELECT row_to_json(t)::text FROM hotline.calls t",
        "SELECT row_to_json(t)::text FROM hotline.letters t",
    ):
        rows = database.read_as(Role.WORKER, query)
        assert rows, query
        assert found_in(" ".join(rows)) == [], query
