"""A resident reads the file in a real browser: by keyboard alone, without scripts; then in elder mode and English."""

import pytest
from playwright.sync_api import sync_playwright

from health_file.demo import stories
from tests.support.browser import launch, press, tab_to
from tests.support.health import tell
from tests.support.people import PASSWORD, cheap_passwords, enrol_resident


@pytest.fixture
def person(committed):
    with cheap_passwords():
        enrolled = enrol_resident(committed)
        tell(committed, enrolled, stories.tell_long_ill)
        yield enrolled


@pytest.fixture
def page():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(
            locale="zh-CN", viewport={"width": 390, "height": 800}, java_script_enabled=False
        )
        opened = context.new_page()
        opened.faults = []
        opened.on("console", lambda message: opened.faults.append(message.text))
        opened.on("pageerror", lambda error: opened.faults.append(str(error)))
        yield opened
        browser.close()


def test_file_is_read_by_keyboard_from_home_to_one_result_and_one_document(page, suite, person) -> None:
    page.goto(suite)
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, "main a[href='/my/health']")
    assert "青霉素" in page.inner_text("main")
    press(page, "main a[href='/my/health/results']")
    press(page, "main a[href='/my/health/results/4548-4']")
    assert "6.4%" in page.inner_text("main")
    tab_to(page, "summary")
    assert not page.locator("figure table").first.is_visible()
    page.keyboard.press("Enter")
    assert page.locator("figure table").first.is_visible()
    press(page, "main nav a[href='/my/health']")
    press(page, "main a[href='/my/health/documents']")
    press(page, "main a[href^='/my/health/documents/0']")
    press(page, "button[name=mode]")
    assert page.get_attribute("html", "data-mode") == "elder"
    press(page, "button[name=language]")
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("h1").count() == 1
    assert page.faults == []
