"""A resident's file by keyboard in a real browser: a consent given and withdrawn, a link with a passcode, the readers.

At 320 px, in elder mode, without scripts; what a screen reader is given is read on the way. `make test-pages`
"""

import pytest
from playwright.sync_api import sync_playwright

from health_file.demo import stories
from tests.browser.test_hotline_life import ELDER, choose, heard, page_of, write
from tests.support.browser import launch, press, served, tab_to
from tests.support.health import fill_directory, tell
from tests.support.people import cheap_passwords, enrol_resident
from tests.support.screen_reader import named

pytestmark = [pytest.mark.pages, pytest.mark.timeout(900)]


@pytest.fixture
def page(committed):
    with cheap_passwords(), served(committed) as suite, sync_playwright() as playwright:
        person = enrol_resident(committed)
        fill_directory(committed)
        tell(committed, person, stories.tell_long_ill)
        browser = launch(playwright)
        small = {"viewport": {"width": 320, "height": 640}, "java_script_enabled": False}
        with page_of(browser, suite, person, **small) as opened:
            opened.context.add_cookies([{"name": "citizen_display", "value": ELDER, "url": suite}])
            opened.suite = suite
            yield opened
        browser.close()


def check(page, selector) -> None:
    """Reach a box or a radio button and take it."""
    tab_to(page, selector)
    page.keyboard.press("Space")


def test_consent_is_given_and_withdrawn_and_a_link_shared_by_keyboard(page) -> None:
    page.goto(page.suite)
    press(page, "main a[href='/my/health']")
    heard(page)
    press(page, "main a[href='/my/health/consents']")
    heard(page)
    give_consent(page)
    withdraw_consent(page)
    share(page)
    page.goto(f"{page.suite}/my/health/readers")
    heard(page)
    assert "您自己" in page.inner_text("main")


def give_consent(page) -> None:
    press(page, "main a[href='/my/health/consents/new']")
    write(page, "#name", "滨江")
    press(page, "main form button")
    heard(page)
    check(page, "[name=unit]")
    press(page, "main form button")
    heard(page)
    check(page, "[name=reach]")
    check(page, "[name=parts]")
    press(page, "main form button")
    heard(page)
    check(page, "[name=purpose]")
    check(page, "[name=life]")
    press(page, "main form button")
    heard(page)
    press(page, "main form .actions button")
    heard(page)
    assert "有效" in page.inner_text("main")


def withdraw_consent(page) -> None:
    press(page, "main .rows a[href^='/my/health/consents/']")
    heard(page)
    assert named(page, "heading")[0].startswith("停止给")
    press(page, "main form button")
    assert "已停" in page.inner_text("main")
    heard(page)


def share(page) -> None:
    page.goto(f"{page.suite}/my/health/download/links")
    heard(page)
    choose(page, "#days", down=0)
    write(page, "#passcode", "1")
    press(page, "main form button")
    assert "口令要 4 到 64 个字" in page.inner_text("[role=alert]")
    heard(page)
    write(page, "#passcode", "开门 1234")
    press(page, "main form button")
    assert "要口令" in page.inner_text("main")
    assert "打开健康摘要的二维码" in [*named(page, "image"), *named(page, "img")]
    heard(page)
