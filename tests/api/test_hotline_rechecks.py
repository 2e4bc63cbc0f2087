"""Bad marks: listed for supervisors with their day, looked into once, sent back or left standing with a reason."""

import pytest

from services.database.roles import Role
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_staff

TICKET = {"category": "road", "text": "井盖松了", "district": "东岸区", "place": ""}
WAY = (("sign", {}), ("start", {}), ("resolve", {"note": "修好了"}))


@pytest.fixture
def people(app):
    return {
        "reporter": resident_bearer(app),
        "operator": staff_bearer(app, "operator", "HOTLINE"),
        "supervisor": staff_bearer(app, "supervisor", "HOTLINE"),
    }


@pytest.fixture
def closed(app, people):
    """A closed ticket with a mark."""

    def made(score):
        told = people["reporter"].post("/hotline/v1/tickets", json=TICKET).get_json()
        path = f"/hotline/v1/tickets/{told['id']}"
        people["operator"].post(f"{path}/claim")
        sent = people["operator"].post(f"{path}/actions", json={"action": "dispatch"}).get_json()
        officer = staff_bearer(app, "officer", sent["unit"])
        for action, more in WAY:
            assert officer.post(f"{path}/actions", json={"action": action, **more}).status_code == 200
        body = {"action": "close", "score": score}
        assert people["reporter"].post(f"{path}/replies", json=body).status_code == 200
        return told["id"]

    return made


def act(who, ticket_id, action, **more):
    return who.post(f"/hotline/v1/tickets/{ticket_id}/actions", json={"action": action, **more})


def waiting(who):
    return [one["ticket_id"] for one in who.get("/hotline/v1/rechecks").get_json()]


def test_bad_mark_waits_for_a_supervisor_and_a_fair_one_does_not(people, closed) -> None:
    bad, fair = closed(2), closed(3)
    (one,) = people["supervisor"].get("/hotline/v1/rechecks").get_json()
    assert (one["ticket_id"], one["score"]) == (bad, 2)
    assert one["due_at"] > one["rated_at"]
    assert act(people["supervisor"], fair, "recheck", note="看过").status_code == 409
    for role in ("operator", "reporter"):
        assert people[role].get("/hotline/v1/rechecks").status_code == 403


def test_supervisor_lets_it_stand_once_and_says_why(people, closed) -> None:
    bad = closed(1)
    assert act(people["supervisor"], bad, "recheck").status_code == 422
    assert act(people["operator"], bad, "recheck", note="x").status_code == 409
    stood = act(people["supervisor"], bad, "recheck", note="到现场看过，已修好")
    assert (stood.status_code, stood.get_json()["state"]) == (200, "closed")
    assert waiting(people["supervisor"]) == []
    assert act(people["supervisor"], bad, "recheck", note="再看").status_code == 409
    detail = people["reporter"].get(f"/hotline/v1/tickets/{bad}").get_json()
    assert detail["events"][-1]["note"] == "到现场看过，已修好"


def test_supervisor_sends_it_back_to_the_same_unit_under_supervision(people, closed, database) -> None:
    bad = closed(1)
    sent = act(people["supervisor"], bad, "reopen", note="没有修好，重办")
    assert (sent.status_code, sent.get_json()["state"], sent.get_json()["is_supervised"]) == (
        200,
        "dispatched",
        True,
    )
    assert waiting(people["supervisor"]) == []
    assert database.read_as(Role.WORKER, "SELECT outcome FROM hotline.rechecks") == ["reopen"]


def test_reporter_who_disputes_first_takes_the_recheck_along(people, closed, database) -> None:
    bad = closed(2)
    disputed = people["reporter"].post(
        f"/hotline/v1/tickets/{bad}/replies", json={"action": "dispute", "note": "还是不亮"}
    )
    assert disputed.status_code == 200
    assert waiting(people["supervisor"]) == []
    assert database.read_as(Role.WORKER, "SELECT outcome FROM hotline.rechecks") == ["dispute"]


def test_ticket_marked_well_is_no_supervisors_to_reopen(people, closed) -> None:
    assert act(people["supervisor"], closed(5), "reopen", note="x").status_code == 409


def test_answer_marked_badly_goes_back_to_the_queue(people, database) -> None:
    told = people["reporter"].post("/hotline/v1/tickets", json=TICKET).get_json()
    path = f"/hotline/v1/tickets/{told['id']}"
    people["operator"].post(f"{path}/claim")
    act(people["operator"], told["id"], "answer", note="已告知", article="where-to-go")
    people["reporter"].post(f"{path}/replies", json={"action": "rate", "score": 1})
    assert waiting(people["supervisor"]) == [told["id"]]
    back = act(people["supervisor"], told["id"], "reopen", note="答非所问")
    assert (back.status_code, back.get_json()["state"]) == (200, "received")


def test_wall_lists_it_and_the_ticket_offers_both_ways(app, database, people, closed) -> None:
    bad = closed(1)
    with cheap_passwords():
        person = enrol_staff(database, roles=("supervisor",))
        browser = Browser(app)
        browser.sign_in(person)
    assert f"/console/hotline/{bad}" in browser.get("/console/wall").text
    page = browser.get(f"/console/hotline/{bad}").text
    assert 'value="recheck"' in page
    assert 'value="reopen"' in page
