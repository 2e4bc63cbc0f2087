"""Merging: one ticket goes on for two, replies follow, and undoing it is exact."""

import pytest

from services.database.roles import Role
from tests.support.doors import resident_bearer, staff_bearer

TEXT = "三号楼前的路灯坏了，晚上老人出门看不清路"
SAME = "三号楼前的路灯坏了三天，晚上老人出门看不清"


@pytest.fixture
def desk(app):
    return staff_bearer(app, "operator", "HOTLINE"), staff_bearer(app, "supervisor", "HOTLINE")


def filed(reporter, text=TEXT, **changes):
    asked = {"category": "street_light", "text": text, "district": "东岸区", "place": ""} | changes
    answer = reporter.post("/hotline/v1/tickets", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def path_of(ticket) -> str:
    return f"/hotline/v1/tickets/{ticket['id']}"


def merged(desk, ticket, survivor):
    desk[0].post(f"{path_of(ticket)}/claim")
    return desk[0].post(f"{path_of(ticket)}/merge", json={"into": survivor["number"]})


def standing(bearer, ticket) -> dict:
    """All that a merge might change, but the steps themselves."""
    found = bearer.get(path_of(ticket)).get_json()
    left = {"version", "events", "changed_at", "actions"}
    return {name: value for name, value in found.items() if name not in left}


def test_merge_and_unmerge_leave_everything_as_it_was(app, desk) -> None:
    one, other = filed(resident_bearer(app)), filed(resident_bearer(app), SAME)
    desk[0].post(f"{path_of(other)}/claim")
    before, survivor_before = standing(desk[0], other), standing(desk[0], one)
    answer = desk[0].post(f"{path_of(other)}/merge", json={"into": one["number"]})
    assert (answer.status_code, answer.get_json()["state"]) == (200, "merged")
    refused = desk[1].post(f"{path_of(other)}/unmerge", json={})
    assert refused.status_code == 422
    undone = desk[1].post(f"{path_of(other)}/unmerge", json={"note": "不是同一盏灯"})
    assert undone.status_code == 200, undone.text
    assert standing(desk[0], other) == before
    assert standing(desk[0], one) == survivor_before


def test_reply_to_a_merged_ticket_lands_on_the_one_that_goes_on(app, desk, privacy) -> None:
    first, second = resident_bearer(app), resident_bearer(app)
    one, other = filed(first), filed(second, SAME)
    assert merged(desk, other, one).status_code == 200
    added = "灯杆上的编号是 A17"
    privacy.watch(added)
    answer = second.post(f"{path_of(other)}/replies", json={"action": "supplement", "note": added})
    assert answer.status_code == 200, answer.text
    seen = desk[0].get(path_of(one)).get_json()["events"][-1]
    assert (seen["action"], seen["note"]) == ("supplement", added)
    # The other reporter learns that somebody added something, never what.
    shown = first.get(path_of(one)).get_json()["events"][-1]
    assert (shown["action"], shown["note"]) == ("supplement", None)


def test_reply_to_a_merged_ticket_wakes_one_that_waits_for_an_answer(app, desk) -> None:
    officer = staff_bearer(app, "officer", "WORKS-DA")
    second = resident_bearer(app)
    one, other = filed(resident_bearer(app)), filed(second, SAME)
    assert merged(desk, other, one).status_code == 200
    desk[0].post(f"{path_of(one)}/claim")
    desk[0].post(f"{path_of(one)}/actions", json={"action": "dispatch"})
    for action in ("sign", "start", "ask_resident"):
        officer.post(f"{path_of(one)}/actions", json={"action": action, "note": "请补充楼号"})
    second.post(f"{path_of(other)}/replies", json={"action": "supplement", "note": "三号楼"})
    assert desk[0].get(path_of(one)).get_json()["state"] == "working"


def test_merge_into_itself_a_closed_one_or_in_a_chain_is_refused(app, desk) -> None:
    reporter = resident_bearer(app)
    one, two, three = filed(reporter), filed(reporter, SAME), filed(reporter, TEXT + "。")
    assert merged(desk, one, one).status_code == 409
    assert desk[0].post(f"{path_of(one)}/merge", json={"into": two["number"]}).status_code == 200
    assert merged(desk, three, one).status_code == 409
    assert merged(desk, two, three).status_code == 409
    unknown = desk[0].post(f"{path_of(three)}/merge", json={"into": "000000000000"})
    assert unknown.status_code == 404


def test_merge_without_holding_the_claim_is_refused(app, desk) -> None:
    reporter = resident_bearer(app)
    one, two = filed(reporter), filed(reporter, SAME)
    answer = desk[0].post(f"{path_of(two)}/merge", json={"into": one["number"]})
    assert answer.status_code == 409
    generic = desk[0].post(f"{path_of(two)}/actions", json={"action": "merge"})
    assert generic.status_code == 409


def test_alike_names_what_says_much_the_same_in_the_district(app, desk) -> None:
    reporter = resident_bearer(app)
    one, same = filed(reporter), filed(reporter, SAME)
    filed(reporter, SAME, district="南苑区")
    filed(reporter, "电梯又停了，十二楼的老人下不来")
    found = desk[0].get(f"{path_of(one)}/alike").get_json()
    assert [item["ticket"]["id"] for item in found] == [same["id"]]
    assert 30 <= found[0]["percent"] < 100


def test_alike_keeps_a_confidential_ticket_closed_as_every_list_does(app, desk) -> None:
    reporter = resident_bearer(app)
    one, sealed = filed(reporter), filed(reporter, SAME, is_confidential=True)
    (found,) = desk[0].get(f"{path_of(one)}/alike").get_json()
    assert (found["ticket"]["id"], found["ticket"]["text"]) == (sealed["id"], "")


def test_merged_ticket_stops_its_clocks_and_is_nobodys_work(app, desk, database) -> None:
    reporter = resident_bearer(app)
    one, two = filed(reporter), filed(reporter, SAME)
    merged(desk, two, one)
    running = database.read_as(
        Role.WORKER,
        "SELECT count(*)::text FROM hotline.ticket_clocks c JOIN hotline.tickets t ON t.id = c.ticket_id "
        "WHERE t.state = 'merged' AND c.stopped_at IS NULL",
    )
    assert running == ["0"]
    listed = desk[0].get("/hotline/v1/tickets?only_open=true").get_json()["items"]
    assert [item["id"] for item in listed] == [one["id"]]
