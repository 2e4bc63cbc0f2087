"""Keeping the knowledge base in the console: drafts, versions, expiry, and which answers rest on what."""

import re

import pytest

from services.database.roles import Role
from tests.support.doors import resident_bearer, staff_bearer
from tests.support.people import Browser, cheap_passwords, enrol_staff, forms_of

LIST = "/console/hotline/articles"
TOLD = {
    "code": "manhole",
    "title": "井盖松动由谁修",
    "text": "由养护单位修。",
    "category": "road",
    "valid_until": "",
}


@pytest.fixture
def desk(app, database):
    """Browsers of two supervisors and an officer."""
    browsers = []
    with cheap_passwords():
        for role in ("supervisor", "supervisor", "officer"):
            unit = "GREEN-XP" if role == "officer" else "HOTLINE"
            person, browser = enrol_staff(database, roles=(role,), unit=unit), Browser(app)
            browser.sign_in(person)
            browsers.append(browser)
    return browsers


def send(browser, page, act, **told):
    form = next(form for form in forms_of(page.text) if "seen" in form["fields"])
    return browser.post(LIST, **{**form["fields"], **TOLD, **told, "act": act})


def test_draft_is_its_writers_alone_until_it_is_published(app, desk) -> None:
    first, second, officer = desk
    assert send(first, first.get(f"{LIST}/new"), "draft").status_code == 303
    assert "草稿" in first.get(LIST).text
    assert TOLD["text"] in first.get(f"{LIST}/manhole").text
    assert second.get(f"{LIST}/manhole").status_code == 404
    assert app.test_client().get("/hotline/articles/manhole").status_code == 404
    assert send(first, first.get(f"{LIST}/manhole"), "publish").status_code == 303
    assert "草稿" not in first.get(LIST).text
    assert TOLD["text"] in app.test_client().get("/hotline/articles/manhole").text
    assert TOLD["title"] in officer.get(LIST).text
    assert officer.get(f"{LIST}/new").status_code == 403
    assert "form_token" not in officer.get(f"{LIST}/manhole").text


def test_second_publisher_is_told_and_keeps_the_words(desk) -> None:
    first, second, _ = desk
    send(first, first.get(f"{LIST}/new"), "publish")
    pages = [one.get(f"{LIST}/manhole") for one in (first, second)]
    assert send(first, pages[0], "publish", text="改了").status_code == 303
    late = send(second, pages[1], "publish", text="我也改了")
    assert (late.status_code, "我也改了" in late.text) == (412, True)


def test_draft_thrown_away_is_gone(desk, database) -> None:
    first = desk[0]
    send(first, first.get(f"{LIST}/new"), "draft")
    page = first.get(f"{LIST}/manhole")
    form = forms_of(page.text)[-1]["fields"]
    assert first.post(LIST, **form, act="forget").status_code == 303
    assert first.get(f"{LIST}/manhole").status_code == 404
    assert database.read_as(Role.STAFF, "SELECT count(*) FROM hotline.article_drafts") == [0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"text": ""}, "text"),
        ({"code": "井盖"}, "code"),
        ({"valid_until": "x"}, "valid_until"),
    ],
)
def test_what_is_wrong_is_named(desk, change, field) -> None:
    answer = send(desk[0], desk[0].get(f"{LIST}/new"), "publish", **change)
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)


def test_article_names_the_answers_that_rest_on_it_to_who_may_see_them(app, desk) -> None:
    first, _, officer = desk
    send(first, first.get(f"{LIST}/new"), "publish")
    operator = staff_bearer(app, "operator", "HOTLINE")
    asked = {"category": "road", "text": "井盖松了", "district": "东岸区", "place": ""}
    filed = resident_bearer(app).post("/hotline/v1/tickets", json=asked).get_json()
    operator.post(f"/hotline/v1/tickets/{filed['id']}/claim")
    body = {"action": "answer", "note": "已告知", "article": "manhole"}
    operator.post(f"/hotline/v1/tickets/{filed['id']}/actions", json=body)
    send(first, first.get(f"{LIST}/manhole"), "publish", text="由市政养护单位修。")
    page = first.get(f"{LIST}/manhole").text
    assert f'href="/console/hotline/{filed["id"]}">{filed["number"]}' in page
    assert "旧的一版" in page
    assert re.search(r"1 个答复依据这一版", page)
    # The officer's unit has no part in it.
    assert filed["number"] not in officer.get(f"{LIST}/manhole").text


def test_article_that_ran_out_says_so_and_is_still_found_by_the_desk(app, desk) -> None:
    first = desk[0]
    send(first, first.get(f"{LIST}/new"), "publish", valid_until="2020-01-01")
    assert "已过期" in first.get(f"{LIST}?words=井盖").text
    assert "已过期" in app.test_client().get("/hotline/articles/manhole").text
    older = app.test_client().get("/hotline/articles/manhole?version=1")
    assert older.status_code == 200
    assert app.test_client().get("/hotline/articles/manhole?version=2").status_code == 404
