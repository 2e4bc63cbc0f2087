"""Calls in the console: the seat's pop, a ticket begun from a call, missed calls, and what is like it."""

import re

import pytest

from hotline import actions
from hotline.rules.channels import Channel
from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_resident, enrol_staff, forms_of
from tests.support.webhooks import Sender

CALLER = "13800138123"
TEXT = "和平路口的路灯三天没有亮"
LIST = "/console/hotline/calls"
TOLD = {
    "text": TEXT, "category": "street_light", "district": "东岸区", "address": "和平路 12 号", "landmark": "",
    "phone": "", "is_confidential": "", "is_anonymous": "",
}  # fmt: skip


@pytest.fixture
def phone(client, database, privacy):
    privacy.watch(CALLER, TEXT)
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        made = actions.create_channel_key(session, system("tests"), channel=Channel.CALLS, title="PBX")
    return Sender(client, made.key)


def signed_in(app, database, person):
    browser = Browser(app)
    with cheap_passwords():
        browser.sign_in(person)
    return browser


@pytest.fixture
def operator(app, database):
    with cheap_passwords():
        return signed_in(app, database, enrol_staff(database))


def sit(browser, seat):
    assert browser.submit(browser.get(LIST), f"{LIST}/seat", seat=seat).status_code == 303


def test_call_at_ones_own_seat_pops_up_and_at_anothers_does_not(app, database, phone, operator) -> None:
    sit(operator, "A7")
    phone.call("call.started", caller=CALLER, seat="B2")
    assert operator.get(f"{LIST}/ringing").get_json() == {"url": None}
    phone.call("call.started", "c2", caller=CALLER, seat="A7")
    url = operator.get(f"{LIST}/ringing").get_json()["url"]
    page = operator.get("/console/hotline").text
    assert f'<a href="{url}"' not in page  # without script the list says it
    assert f'<a href="{url}"' in operator.get(LIST).text
    assert CALLER in operator.get(url).text
    with cheap_passwords():
        relief = signed_in(app, database, enrol_staff(database))
    sit(relief, "A7")
    assert relief.get(f"{LIST}/ringing").get_json()["url"] == url
    assert operator.get(f"{LIST}/ringing").get_json()["url"] is None
    sit(relief, "")
    assert relief.get(f"{LIST}/ringing").get_json()["url"] is None


def test_ringing_discloses_nothing_and_leaves_no_audit_row(database, phone, operator) -> None:
    sit(operator, "A7")
    phone.call("call.started", caller=CALLER, seat="A7")

    def rows():
        return database.read_as(Role.VERIFIER, "SELECT count(*) FROM audit.events")

    before = rows()
    assert CALLER[-4:] not in operator.get(f"{LIST}/ringing").text
    assert rows() == before
    operator.get(LIST)
    assert rows()[0] > before[0]


def test_ticket_begun_from_a_call_shows_what_is_like_it_and_is_filed_once(database, phone, operator) -> None:
    phone.call("call.started", caller=CALLER)
    call = re.search(rf"{LIST}/[0-9a-f-]{{36}}", operator.get(LIST).text).group()
    form = re.search(r"/console/hotline/new\?call=[0-9a-f-]{36}", operator.get(call).text).group()
    page = operator.get(form)
    assert CALLER in page.text
    first = operator.submit(page, "/console/hotline/new", act="file", **TOLD)
    assert first.status_code == 303, first.text
    assert (
        operator.submit(page, "/console/hotline/new", act="file", **TOLD).headers["Location"]
        == (first.headers["Location"])
    )
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.tickets") == [1]
    receipt = operator.get(first.headers["Location"])
    number, code = re.findall(r"<dd>([^<]+)</dd>", receipt.text)[:2]
    tracked = operator.submit(operator.get("/track"), "/track", number=number, code=code)
    assert tracked.status_code == 200
    assert number in operator.get(call).text
    looked = operator.submit(operator.get("/console/hotline/new"), "/console/hotline/new", act="look", **TOLD)
    assert (looked.status_code, number in looked.text, "灯杆" in looked.text) == (200, True, True)
    other = {**TOLD, "text": "楼下夜里施工太吵，睡不着觉"}
    looked = operator.submit(
        operator.get("/console/hotline/new"), "/console/hotline/new", act="look", **other
    )
    assert "没有相近的诉求" in looked.text


def test_intake_names_what_is_wrong_and_keeps_what_was_typed(operator) -> None:
    page = operator.get("/console/hotline/new")
    wrong = operator.submit(page, "/console/hotline/new", act="file", **{**TOLD, "district": ""})
    assert (wrong.status_code, 'href="#district"' in wrong.text, TEXT in wrong.text) == (422, True, True)
    wrong = operator.submit(page, "/console/hotline/new", act="file", **{**TOLD, "category": "parking"})
    assert 'href="#attribute.BLOCKED"' in wrong.text
    assert operator.get("/console/hotline/new?call=x").status_code == 404
    assert operator.get("/console/hotline/filed?receipt=x").status_code == 404


def test_missed_calls_of_one_number_are_one_line_until_somebody_calls_back(app, phone, operator) -> None:
    for call_id in ("m1", "m2", "m3"):
        phone.call("call.started", call_id, caller=CALLER)
        phone.call("call.missed", call_id)
    desk = staff_bearer(app, "operator", "HOTLINE")
    (missed,) = desk.get("/hotline/v1/calls/missed").get_json()
    assert (missed["times"], missed["caller"]) == (3, "138****8123")
    page = operator.get(LIST)
    claim = f"/console/hotline/{missed['ticket_id']}/claim"
    assert CALLER not in page.text
    assert operator.submit(page, claim).status_code == 303
    assert "您在办" in operator.get(LIST).text
    case = operator.get(f"/console/hotline/{missed['ticket_id']}")
    sent = {"action": "answer", "note": "已回拨", "article": "where-to-go"}
    assert operator.post(case.request.path, **forms_of(case.text)[2]["fields"], **sent).status_code == 303
    assert desk.get("/hotline/v1/calls/missed").get_json() == []


def test_calls_are_shown_to_operators_alone(app, database, phone) -> None:
    phone.call("call.started", caller=CALLER)
    officer = staff_bearer(app, "officer", "WORKS-DA")
    for path in ("missed", "ringing"):
        assert officer.get(f"/hotline/v1/calls/{path}").status_code == 403
    with cheap_passwords():
        resident = signed_in(app, database, enrol_resident(database))
        supervisor = signed_in(app, database, enrol_staff(database, roles=("supervisor",)))
    for who in (resident, supervisor):
        for path in (LIST, f"{LIST}/ringing", "/console/hotline/new"):
            assert who.get(path).status_code == 403
