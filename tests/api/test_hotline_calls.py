"""Calls to 12345: signed events, the screen-pop, call-backs of calls that nobody took."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from hotline import actions
from hotline.rules.channels import Channel
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.webhooks import Sender

CALLER = "13800138123"


@pytest.fixture
def phone(client, database, privacy):
    privacy.watch(CALLER)
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        made = actions.create_channel_key(session, system("tests"), channel=Channel.CALLS, title="PBX")
    return Sender(client, made.key)


def live(operator, **query):
    return operator.get("/hotline/v1/calls", query_string=query).get_json()["items"]


def test_call_pops_up_with_the_callers_earlier_tickets(phone, operator) -> None:
    assert phone.call("call.started", caller="+86 138-0013-8123").status_code == 200
    (ringing,) = live(operator)
    assert (ringing["state"], ringing["caller"]) == ("ringing", "138****8123")
    body = {"category": "noise", "text": "楼下很吵", "district": "东岸区", "call_id": ringing["id"]}
    filed = operator.post("/hotline/v1/tickets", json=body).get_json()
    phone.call("call.answered", seat="A7")
    phone.call("call.ended", recording={"reference": "rec/1.opus", "seconds": 61})
    assert live(operator) == []
    phone.call("call.started", "c2", caller="１３８００１３８１２３")
    (second,) = live(operator)
    popped = operator.get(f"/hotline/v1/calls/{second['id']}").get_json()
    assert (popped["caller"], [one["number"] for one in popped["tickets"]]) == (CALLER, [filed["number"]])
    first = operator.get(f"/hotline/v1/calls/{ringing['id']}").get_json()
    assert (first["ticket_id"], first["recording"]["seconds"], first["seat"]) == (filed["id"], 61, "A7")


def test_ticket_filed_on_a_call_keeps_the_number_and_an_anonymous_one_nothing(
    phone, operator, database
) -> None:
    phone.call("call.started", caller=CALLER)
    (ringing,) = live(operator)
    body = {"category": "noise", "text": "很吵", "district": "东岸区", "call_id": ringing["id"]}
    filed = operator.post("/hotline/v1/tickets", json=body).get_json()
    held = operator.post(f"/hotline/v1/tickets/{filed['id']}/claim").get_json()
    assert (held["contact"]["phone"], held["channel"]) == (CALLER, "phone")
    hidden = operator.post("/hotline/v1/tickets", json={**body, "is_anonymous": True}).get_json()
    held = operator.post(f"/hotline/v1/tickets/{hidden['id']}/claim").get_json()
    assert held["contact"] is None
    rows = database.read_as(Role.WORKER, "SELECT ticket_id::text FROM hotline.calls")
    assert rows == [filed["id"]]


def test_missed_call_becomes_one_ticket_to_call_back(phone, operator) -> None:
    for call_id in ("m1", "m2"):
        phone.call("call.started", call_id, caller=CALLER)
        phone.call("call.missed", call_id)
    phone.call("call.missed", "m3", caller="")
    (ticket,) = operator.get("/hotline/v1/tickets").get_json()["items"]
    assert (ticket["channel"], CALLER in ticket["text"]) == ("phone", True)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        (["call.ended", "call.answered", "call.started"], "ended"),
        (["call.answered", "call.missed"], "answered"),
        (["call.missed", "call.started"], "missed"),
    ],
)
def test_events_out_of_order_only_move_a_call_forward(phone, database, events, state) -> None:
    for event in events:
        assert phone.call(event, caller=CALLER).status_code == 200
    assert database.read_as(Role.WORKER, "SELECT state FROM hotline.calls") == [state]


def test_message_a_second_time_is_taken_and_has_no_effect(phone, client, database) -> None:
    body = json.dumps(
        {
            "type": "call.missed",
            "timestamp": "2020-01-01T00:00:00Z",
            "data": {"call_id": "c", "caller": CALLER},
        }
    ).encode()
    headers = phone.headers(body, "msg_once")
    for expected in (False, True):
        answer = client.post("/hotline/v1/calls", data=body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.get_json()["is_repeat"]) == (200, expected)
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.tickets") == [1]
    leaves = database.read_as(Role.VERIFIER, "SELECT convert_from(leaf, 'UTF8') FROM audit.events")
    assert len([leaf for leaf in leaves if "hotline.call.recorded" in leaf]) == 1


def test_message_that_is_forged_old_or_unsigned_is_refused(phone, client, database) -> None:
    body = b'{"type":"call.missed","timestamp":"2020-01-01T00:00:00Z","data":{"call_id":"c"}}'
    now = datetime.now(UTC)
    wrong = [
        {},
        {**phone.headers(body), "webhook-signature": "v1,AAAA"},
        {**phone.headers(body), "webhook-id": "another"},
        {**phone.headers(body), "webhook-timestamp": str(int(now.timestamp()) + 1)},
        {**phone.headers(body), "webhook-timestamp": "soon"},
        phone.headers(body + b" "),
        phone.headers(body, at=now - timedelta(minutes=6)),
        phone.headers(body, at=now + timedelta(minutes=6)),
        Sender(client, "another key").headers(body),
    ]
    for headers in wrong:
        answer = client.post("/hotline/v1/calls", data=body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "hotline.signature_refused")
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.calls") == [0]


def test_message_with_a_wrong_field_is_422_and_may_be_sent_again(phone) -> None:
    assert phone.call("call.exploded").status_code == 422
    assert phone.call("call.started", colour="red").status_code == 422


def test_calls_are_for_operators_alone(app, phone) -> None:
    phone.call("call.started", caller=CALLER)
    for who in (resident_bearer(app), staff_bearer(app, "officer", "WORKS-DA")):
        assert who.get("/hotline/v1/calls").status_code == 403


def test_call_stores_no_number_in_clear(phone, database) -> None:
    phone.call("call.missed", caller=CALLER)
    rows = database.read_as(Role.WORKER, "SELECT row_to_json(c)::text FROM hotline.calls c")
    rows += database.read_as(Role.WORKER, "SELECT row_to_json(t)::text FROM hotline.tickets t")
    assert [row for row in rows if CALLER in row] == []
