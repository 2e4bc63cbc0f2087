"""Searching tickets: exact, within reach, without clear text in the index."""

from itertools import pairwise

import pytest

from services.database.roles import Role
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_staff

PAGE = "/console/hotline/search"

TEXTS = {
    "lamp": "三号楼前的路灯不亮，晚上看不清路",
    "lift": "电梯困人了，十二楼 LIFT-7 停在半空",
    "lamp2": "小区路灯整夜不亮",
    "emoji": "井盖🕳️翘起来了",
}

WORDS = (
    ("路灯", ["lamp2", "lamp"]),
    ("灯不亮", ["lamp"]),
    ("路灯 不亮", ["lamp2", "lamp"]),
    ("困", ["lift"]),
    ("ｌｉｆｔ－７", ["lift"]),
    ("🕳️", ["emoji"]),
    ("和平路", ["emoji", "lamp2", "lift", "lamp"]),
    ("路灯 困人", []),
    ("亮不", []),
)


@pytest.fixture
def city(app, privacy):
    """Tickets by name, the operator, and the reporter."""
    reporter = resident_bearer(app)
    privacy.watch(*TEXTS.values())
    found = {}
    for name, text in TEXTS.items():
        asked = {
            "category": "housing" if name == "lift" else "street_light",
            "text": text,
            "district": "南苑区" if name == "lift" else "东岸区",
            "place": f"{name} 和平路 12 号",
        }
        found[name] = reporter.post("/hotline/v1/tickets", json=asked).get_json()
    return found, staff_bearer(app, "operator", "HOTLINE"), reporter


def names_of(city, answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    by_id = {ticket["id"]: name for name, ticket in city[0].items()}
    return [by_id[item["id"]] for item in answer.get_json()["items"]]


def test_search_words_find_exactly_the_tickets_that_hold_them(city) -> None:
    for words, expected in WORDS:
        answer = city[1].post("/hotline/v1/tickets/search", json={"words": words})
        assert names_of(city, answer) == expected, words


def test_search_number_finds_its_ticket(city) -> None:
    number = city[0]["lift"]["number"]
    assert names_of(city, city[1].post("/hotline/v1/tickets/search", json={"words": number})) == ["lift"]


def test_search_filters_narrow_and_pages_join_to_the_whole(city) -> None:
    operator = city[1]
    asked = {"words": "和平路", "district": ["东岸区"], "limit": 1}
    found, cursor = [], None
    while True:
        answer = operator.post("/hotline/v1/tickets/search", json={**asked, "cursor": cursor})
        found += names_of(city, answer)
        cursor = answer.get_json()["next_cursor"]
        if cursor is None:
            break
    assert found == ["emoji", "lamp2", "lamp"]
    everything = operator.post("/hotline/v1/tickets/search", json={"state": ["received"]})
    assert len(names_of(city, everything)) == len(TEXTS)
    assert all(one > two for one, two in pairwise(item["id"] for item in everything.get_json()["items"]))


def test_facets_count_what_the_search_finds(city) -> None:
    counts = city[1].post("/hotline/v1/tickets/search/facets", json={"words": "和平路"}).get_json()
    assert (counts["total"], counts["is_cut"]) == (4, False)
    assert counts["counts"]["district"] == {"东岸区": 3, "南苑区": 1}
    assert counts["counts"]["state"] == {"received": 4}


def test_search_department_finds_its_own_tickets_alone(app, city) -> None:
    officer, operator = staff_bearer(app, "officer", "WORKS-DA"), city[1]
    assert names_of(city, officer.post("/hotline/v1/tickets/search", json={"words": "路灯"})) == []
    for action in ("claim", "actions"):
        body = {"action": "dispatch", "unit": "WORKS-DA"} if action == "actions" else None
        operator.post(f"/hotline/v1/tickets/{city[0]['lamp']['id']}/{action}", json=body)
    assert names_of(city, officer.post("/hotline/v1/tickets/search", json={"words": "路灯"})) == ["lamp"]
    assert officer.post("/hotline/v1/tickets/search/facets", json={"words": "路灯"}).get_json()["total"] == 1


def test_search_resident_is_refused(city) -> None:
    assert city[2].post("/hotline/v1/tickets/search", json={"words": "路灯"}).status_code == 403


def test_search_bad_question_is_422(city) -> None:
    too_long, too_many = {"words": "路" * 65}, {"words": "一 二 三 四 五 六 七 八 九"}
    for body in (too_long, too_many, {"state": ["x"]}, {"unknown": 1}):
        assert city[1].post("/hotline/v1/tickets/search", json=body).status_code == 422, body


def test_index_holds_no_clear_text(city, database) -> None:
    grams = "".join(map(str, database.read_as(Role.WORKER, "SELECT grams::text FROM hotline.search_texts")))
    assert not any(pair in grams for pair in ("路灯", "和平", "LIFT", "lift"))


def test_saved_view_belongs_to_its_keeper(app, city) -> None:
    operator, colleague = city[1], staff_bearer(app, "operator", "HOTLINE")
    asked = {"title": "东岸区路灯", "words": "路灯", "district": ["东岸区"], "state": ["received"]}
    kept = operator.post("/hotline/v1/saved-views", json=asked).get_json()
    (listed,) = operator.get("/hotline/v1/saved-views").get_json()
    assert (listed["id"], listed["words"]) == (kept["id"], "路灯")
    again = operator.post("/hotline/v1/tickets/search", json={"words": listed["words"], **listed["filters"]})
    assert names_of(city, again) == ["lamp2", "lamp"]
    assert colleague.get("/hotline/v1/saved-views").get_json() == []
    assert colleague.delete(f"/hotline/v1/saved-views/{kept['id']}").status_code == 404
    assert operator.delete(f"/hotline/v1/saved-views/{kept['id']}").status_code == 204
    assert operator.get("/hotline/v1/saved-views").get_json() == []


def test_search_page_finds_keeps_and_finds_again(app, city, database) -> None:
    with cheap_passwords():
        browser = Browser(app, language="en")
        browser.sign_in(enrol_staff(database))
        found = browser.submit(browser.get(PAGE), PAGE, words="路灯 不亮", state="received")
        assert (found.status_code, "2 in all, newest first" in found.text) == (200, True)
        kept = browser.submit(found, f"{PAGE}/saved", title="东岸区路灯")
        assert kept.status_code == 303
        again = browser.submit(browser.get(PAGE), PAGE, words="lift-7", state="")
        assert "1 in all" in again.text
        assert "东岸区路灯" in browser.get(PAGE).text
        refused = browser.submit(browser.get(PAGE), PAGE, words="路" * 65)
        assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)


def test_wall_page_says_that_nothing_is_late(app, city, database) -> None:
    with cheap_passwords():
        browser = Browser(app)
        browser.sign_in(enrol_staff(database, roles=("supervisor", "operator")))
        assert "现在没有超时的诉求" in browser.get("/console/wall").text
