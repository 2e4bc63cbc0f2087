"""Like matters shown before a report is filed: what was published and nothing else, open and just ended."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline import actions
from services import clock
from services.database.roles import Role
from services.database.session import Opening
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_resident

SECRET = "我妈妈王秀英在三号楼摔了一跤"
TICKET = {
    "category": "street_light",
    "text": f"和平路的路灯三天不亮了，{SECRET}",
    "district": "东岸区",
    "place": "和平路 12 号 301 室",
}
PUBLIC = "和平路近民生街的路灯不亮"
MINE = {"text": "和平路上路灯不亮，晚上看不见路", "district": "东岸区"}


@pytest.fixture
def operator(app):
    return staff_bearer(app, "operator", "HOTLINE")


@pytest.fixture
def reporter(app):
    return resident_bearer(app)


def filed(reporter, operator, *, public=PUBLIC, **changes):
    told = reporter.post("/hotline/v1/tickets", json=TICKET | changes).get_json()
    if public:
        path = f"/hotline/v1/tickets/{told['id']}/publication"
        assert operator.post(path, json={"text": public, "place": "民生街口"}).status_code == 200
    return told


def similar(who, **changes):
    return who.post("/hotline/v1/similar", json=MINE | changes)


def test_only_what_was_published_is_shown_and_compared(app, reporter, operator, privacy) -> None:
    privacy.watch(SECRET)
    public = filed(reporter, operator)
    filed(reporter, operator, public=None)
    answer = similar(resident_bearer(app))
    (one,) = answer.get_json()
    assert (one["number"], one["text"], one["place"]) == (public["number"], PUBLIC, "民生街口")
    assert SECRET not in answer.text
    assert similar(reporter, text=SECRET).get_json() == []
    assert similar(reporter, district="西浦区").get_json() == []
    assert similar(reporter, text="楼下半夜施工太吵").get_json() == []


def test_one_that_ended_is_shown_for_30_days_and_an_open_one_for_90(reporter, operator, database) -> None:
    open_one = filed(reporter, operator)
    ended = filed(reporter, operator)
    path = f"/hotline/v1/tickets/{ended['id']}"
    operator.post(f"{path}/claim")
    operator.post(f"{path}/actions", json={"action": "transfer", "service": "119"})

    def shown_after(days):
        with (
            clock.held(datetime.now(UTC) + timedelta(days=days)),
            database.transaction(Opening(role=Role.RESIDENT)) as session,
        ):
            return {one.number for one in actions.list_similar(session, **MINE)}

    assert shown_after(0) == {open_one["number"], ended["number"]}
    assert shown_after(31) == {open_one["number"]}
    assert shown_after(91) == set()


def test_report_that_joins_another_says_so_in_its_first_event(reporter, operator) -> None:
    first = filed(reporter, operator)
    told = reporter.post("/hotline/v1/tickets", json=TICKET | {"alike": first["number"]}).get_json()
    operator.post(f"/hotline/v1/tickets/{told['id']}/claim")
    tracked = {"number": told["number"], "tracking_code": told["tracking_code"]}
    chain = operator.http.post("/hotline/v1/track", json=tracked).get_json()["chain"]
    assert chain[0]["content"]["details"]["alike"] == first["number"]


def test_number_that_is_not_public_is_refused_whoever_asks(reporter, operator) -> None:
    hidden = filed(reporter, operator, public=None, is_confidential=True)
    for number in (hidden["number"], "000000000000"):
        answer = reporter.post("/hotline/v1/tickets", json=TICKET | {"alike": number})
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "/alike")


def test_third_step_shows_it_and_files_all_the_same(app, database, reporter, operator) -> None:
    first = filed(reporter, operator)
    with cheap_passwords():
        person = enrol_resident(database)
        browser = Browser(app)
        browser.sign_in(person)
    browser.submit(
        browser.get("/my/tickets/new/1"), "/my/tickets/new/1", text=MINE["text"], category="street_light"
    )
    browser.submit(
        browser.get("/my/tickets/new/2"),
        "/my/tickets/new/2",
        district="东岸区",
        **{"attribute.FAULT": "dark"},
    )
    page = browser.get("/my/tickets/new/3")
    assert PUBLIC in page.text
    assert SECRET not in page.text
    boxes = {"is_confidential": "", "is_anonymous": ""}
    wrong = browser.submit(page, "/my/tickets/new/3", alike="1", **boxes)
    assert (wrong.status_code, 'href="#alike"' in wrong.text) == (422, True)
    done = browser.submit(wrong, "/my/tickets/new/3", alike=first["number"], **boxes)
    assert done.status_code == 303
    operator_view = operator.get("/hotline/v1/tickets").get_json()["items"]
    assert len(operator_view) == 2
