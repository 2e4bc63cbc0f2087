"""Telling the hotline in three steps: kept at each, mended without loss, filed once."""

import io
import re

import pytest
from PIL import Image

from services.database.roles import Role
from tests.support.people import Browser, cheap_passwords, enrol_resident

WHAT = {"text": "三号楼前路灯坏了", "category": "street_light"}
WHERE = {"district": "东岸区", "address": "和平路 12 号", "landmark": "公交站旁", "attribute.FAULT": "dark"}


@pytest.fixture
def browser(app, database, privacy):
    privacy.watch(WHAT["text"], WHERE["address"], WHERE["landmark"])
    with cheap_passwords():
        person = enrol_resident(database)
        browser = Browser(app)
        assert browser.sign_in(person).status_code == 303
    return browser


def step(browser, number, **answers):
    url = f"/my/tickets/new/{number}"
    # The helper sends boxes whether they are ticked or not.
    boxes = {"is_confidential": "", "is_anonymous": ""} if number == 3 else {}
    return browser.submit(browser.get(url), url, **{**boxes, **answers})


def two_steps(browser):
    assert step(browser, 1, **WHAT).headers["Location"] == "/my/tickets/new/2"
    assert step(browser, 2, **WHERE).headers["Location"] == "/my/tickets/new/3"


def filed(browser, **answers):
    answer = step(browser, 3, **answers)
    assert answer.status_code == 303, answer.text
    receipt = browser.get(answer.headers["Location"]).text
    return dict(zip(("number", "code"), re.findall(r"<dd>([^<]+)</dd>", receipt), strict=False)), receipt


def test_three_steps_file_a_ticket_and_tell_number_and_code(browser, app) -> None:
    two_steps(browser)
    last = browser.get("/my/tickets/new/3").text
    for told in (
        WHAT["text"],
        WHERE["address"],
        WHERE["landmark"],
        '/my/tickets/new/1"',
        '/my/tickets/new/2"',
    ):
        assert told in last
    told, receipt = filed(browser, phone="１３８００１３８０００")
    ticket = re.search(r"/my/tickets/[0-9a-f-]{36}", receipt).group()
    page = browser.get(ticket).text
    assert all(text in page for text in (WHAT["text"], told["number"], "现在由市民热线负责", "不亮"))
    tracked = browser.submit(browser.get("/track"), "/track", number=told["number"], code=told["code"]).text
    assert "记录完整" in tracked
    assert WHAT["text"] not in tracked


def test_answers_are_kept_at_each_step_and_on_the_way_back(browser, database) -> None:
    two_steps(browser)
    assert WHAT["text"] in browser.get("/my/tickets/new/1").text
    assert f'value="{WHERE["landmark"]}"' in browser.get("/my/tickets/new/2").text
    rows = database.read_as(Role.WORKER, "SELECT encode(content_sealed, 'escape') FROM hotline.drafts")
    assert len(rows) == 1
    assert "street_light" not in rows[0]
    filed(browser)
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.drafts") == [0]


def test_step_before_its_time_leads_to_the_first_unfinished(browser) -> None:
    assert browser.get("/my/tickets/new/3").headers["Location"] == "/my/tickets/new/1"
    step(browser, 1, **WHAT)
    assert browser.get("/my/tickets/new/3").headers["Location"] == "/my/tickets/new/2"
    assert browser.get("/my/tickets/new/4").status_code == 404


@pytest.mark.parametrize(
    ("number", "change", "field"),
    [
        (1, {"text": ""}, "text"),
        (1, {"category": "weather"}, "category"),
        (2, {"district": ""}, "district"),
        (2, {"lat": "121.47", "long": "31.23"}, "lat"),
        (2, {"lat": "31", "long": ""}, "long"),
        (2, {"attribute.LIGHTS": "many"}, "attribute.LIGHTS"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_comes_back(browser, number, change, field) -> None:
    if number == 2:
        step(browser, 1, **WHAT)
    answer = step(browser, number, **{**(WHAT if number == 1 else WHERE), **change})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert (WHERE["landmark"] if number == 2 else "form_token") in answer.text


def test_category_with_a_required_question_asks_it(browser) -> None:
    step(browser, 1, text="消防通道停了车", category="parking")
    assert step(browser, 2, district="东岸区").status_code == 422
    answers = {"district": "东岸区", "attribute.BLOCKED": "fire_lane"}
    assert step(browser, 2, **answers).status_code == 303


def test_anonymous_ticket_is_told_once_and_listed_nowhere(browser) -> None:
    two_steps(browser)
    told, receipt = filed(browser, is_anonymous="yes", phone="13800138000")
    assert "匿名" in receipt
    assert told["number"] not in browser.get("/my/tickets").text
    tracked = browser.submit(browser.get("/track"), "/track", number=told["number"], code=told["code"])
    assert tracked.status_code == 200


def test_receipt_is_shown_to_nobody_else(app, browser, database) -> None:
    two_steps(browser)
    location = step(browser, 3).headers["Location"]
    with cheap_passwords():
        person = enrol_resident(database)
        other = Browser(app)
        other.sign_in(person)
    assert other.get(location).status_code == 404
    assert browser.get("/my/tickets/filed?receipt=x").status_code == 404


def picture():
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "red").save(out, "JPEG")
    return out.getvalue()


def test_photo_goes_with_the_last_step_and_onto_the_page(browser) -> None:
    two_steps(browser)
    _, receipt = filed(browser, photo=(io.BytesIO(picture()), "a.jpg"))
    ticket = re.search(r"/my/tickets/[0-9a-f-]{36}", receipt).group()
    page = browser.get(ticket)
    thumbnail = re.search(r'src="([^"]+/thumbnail)"', page.text).group(1)
    assert browser.get(thumbnail).mimetype == "image/jpeg"
    url = f"{ticket}/photos"
    assert browser.submit(page, url, photo=(io.BytesIO(picture()), "b.jpg")).status_code == 303
    assert browser.get(ticket).text.count("/thumbnail") == 2


def test_photo_that_is_none_files_nothing_and_keeps_the_answers(browser, database) -> None:
    two_steps(browser)
    answer = step(browser, 3, photo=(io.BytesIO(b"GIF89a....."), "a.jpg"))
    assert (answer.status_code, 'href="#photo"' in answer.text) == (422, True)
    assert database.read_as(Role.WORKER, "SELECT count(*) FROM hotline.tickets") == [0]
    filed(browser)
