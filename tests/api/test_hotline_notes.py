"""Internal notes and public replies: what a reporter sees, and what nobody but staff ever does."""

import json
import re

import psycopg
import pytest

from services.database.roles import Role
from services.database.session import Opening
from tests.api.test_hotline_steps import act
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_staff

CANARY = "内部卡纳里备注"
REPLY = "师傅明天上午到"
TICKET = {"category": "street_light", "text": "路灯坏了", "district": "东岸区", "place": "和平路 12 号"}


@pytest.fixture
def reporter(app):
    return resident_bearer(app)


@pytest.fixture
def officer(app):
    return staff_bearer(app, "officer", "WORKS-DA")


@pytest.fixture
def ticket(reporter, operator, officer):
    made = reporter.post("/hotline/v1/tickets", json=TICKET).get_json()
    for who, action, more in (
        (operator, "claim", {}),
        (operator, "dispatch", {}),
        (officer, "sign", {}),
        (officer, "inform", {"note": REPLY}),
    ):
        path = "claim" if action == "claim" else "actions"
        body = {} if action == "claim" else {"action": action, **more}
        answer = who.post(f"/hotline/v1/tickets/{made['id']}/{path}", json=body)
        assert answer.status_code == 200, answer.get_json()
    return made


def test_notes_are_shared_by_staff_of_the_ticket_and_change_nothing_of_its_history(
    app, ticket, operator, officer
) -> None:
    path = f"/hotline/v1/tickets/{ticket['id']}/notes"
    before = operator.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()
    assert officer.post(path, json={"text": CANARY}).status_code == 201
    (note,) = operator.get(path).get_json()
    assert (note["text"], note["unit"]) == (CANARY, "WORKS-DA")
    after = operator.get(f"/hotline/v1/tickets/{ticket['id']}").get_json()
    assert after["events"] == before["events"]
    assert after["version"] == before["version"]
    stranger = staff_bearer(app, "officer", "GREEN-XP")
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, json={"text": "x"}).status_code == 404
    for wrong in ("", "\u0000", "字" * 4001):
        assert officer.post(path, json={"text": wrong}).status_code in {400, 422}


def test_reporter_sees_the_reply_and_never_a_note(
    client, database, ticket, reporter, operator, officer
) -> None:
    officer.post(f"/hotline/v1/tickets/{ticket['id']}/notes", json={"text": CANARY})
    operator.post(f"/hotline/v1/tickets/{ticket['id']}/publication", json={"text": "一盏路灯不亮"})
    assert reporter.get(f"/hotline/v1/tickets/{ticket['id']}/notes").status_code in {403, 404}
    code = {"number": ticket["number"], "tracking_code": ticket["tracking_code"]}
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/track").text)
    page = {"number": ticket["number"], "code": ticket["tracking_code"], "form_token": token.group(1)}
    seen = {
        "read": reporter.get(f"/hotline/v1/tickets/{ticket['id']}").text,
        "list": reporter.get("/hotline/v1/tickets").text,
        "track": json.dumps(client.post("/hotline/v1/track", json=code).get_json(), ensure_ascii=False),
        "page": client.post("/track", data=page).text,
        "open311": client.get(f"/hotline/open311/v2/requests/{ticket['number']}.json").text,
    }
    assert [name for name, text in seen.items() if CANARY in text] == []
    assert [name for name in ("read", "track", "page") if REPLY not in seen[name]] == []
    assert REPLY not in seen["open311"]
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        database.transaction(Opening(role=Role.RESIDENT, service="hotline")) as session,
    ):
        session.raw("SELECT text_sealed FROM hotline.internal_notes")


def test_reply_needs_words_and_a_ticket_that_somebody_works_on(reporter, operator, ticket, officer) -> None:
    assert act(officer, ticket, "inform").status_code == 422
    assert act(reporter, ticket, "inform", note="x").status_code in {403, 409}
    waiting = reporter.post("/hotline/v1/tickets", json=TICKET).get_json()
    assert act(operator, waiting, "inform", note="x").status_code == 409


def test_case_page_says_why_takes_notes_and_publishes(app, ticket, database) -> None:
    page = f"/console/hotline/{ticket['id']}"
    with cheap_passwords():
        browser = Browser(app)
        browser.sign_in(enrol_staff(database, roles=("supervisor", "operator")))
        shown = browser.get(page)
        assert (shown.status_code, REPLY in shown.text) == (200, True)
        assert "Why it came here" in shown.text or "为什么派到这里" in shown.text
        assert browser.submit(shown, f"{page}/notes", internal=CANARY).status_code == 303
        given = {"public_text": "一盏路灯不亮", "public_place": "", "with_point": "no"}
        assert browser.submit(browser.get(page), f"{page}/publication", **given).status_code == 303
        again = browser.get(page).text
    assert (CANARY in again, "一盏路灯不亮" in again) == (True, True)
