"""Pages from which a file leaves: links with their QR code, the archive, the summary; without scripts."""

import re

import pytest

from health_file.demo import stories
from services import pdf
from tests.support.app import app_over
from tests.support.health import tell
from tests.support.people import Browser, enrol_resident

LINKS = "/my/health/download/links"


@pytest.fixture
def browser(database):
    person = enrol_resident(database)
    tell(database, person, stories.tell_well)
    reader = Browser(app_over(database))
    reader.sign_in(person)
    return reader


def test_link_is_made_shown_and_ended(browser) -> None:
    wrong = browser.submit(browser.get(LINKS), LINKS, days="7", passcode="1")
    assert "口令要 4 到 64 个字" in wrong.text
    made = browser.submit(browser.get(LINKS), LINKS, days="7", passcode="7431-kite", label="出国看病")
    assert made.status_code == 303, made.text
    shown = browser.get(made.location)
    assert "<svg" in shown.text
    assert "style=" not in shown.text
    assert re.search(r"shlink:/[\w-]{100,}", shown.text)
    assert "出国看病" in browser.get(LINKS).text
    ended = browser.submit(browser.get(made.location), f"{made.location}/revoke")
    assert ended.status_code == 303
    after = browser.get(made.location).text
    assert "shlink:/" not in after
    assert "已停用" in after


def test_summary_and_archive_are_on_the_page(browser) -> None:
    page = browser.get("/my/health/download").text
    assert "/my/health/download/summary.pdf" in page
    answer = browser.get("/my/health/download/summary.json")
    assert (answer.status_code, answer.get_json()["type"]) == (200, "document")
    if pdf.font_family() is not None:
        assert browser.get("/my/health/download/summary.pdf").get_data().startswith(b"%PDF")
    asked = browser.submit(browser.get("/my/health/download"), "/my/health/download/archives")
    assert (asked.status_code, "step-up" in asked.location) == (303, True)
