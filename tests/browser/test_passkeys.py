"""A passkey in a real browser, with Chromium's own virtual authenticator: added, used to sign in, asked for again."""

import pytest
from playwright.sync_api import sync_playwright

from tests.support.browser import launch, violations, virtual_authenticator
from tests.support.people import PASSWORD, cheap_passwords, enrol_resident

pytestmark = pytest.mark.browser


@pytest.fixture
def person(committed):
    with cheap_passwords():
        yield enrol_resident(committed)


@pytest.fixture
def page():
    """A page whose browser has a virtual authenticator that verifies its user."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        made = browser.new_context(locale="zh-CN").new_page()
        faults: list[str] = []
        made.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        with virtual_authenticator(made):
            yield made
        assert faults == []
        browser.close()


def test_person_adds_a_passkey_signs_in_with_it_and_confirms_an_act(page, suite, person) -> None:
    page.goto(suite)
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", PASSWORD)
    page.click("form[action='/sign-in'] button")
    page.goto(f"{suite}/my/health/copy")
    assert "/step-up" in page.url
    assert violations(page) == []
    page.click("text=加一把通行密钥")
    assert violations(page) == []
    page.fill("#name", "我的电脑")
    page.click("[data-passkey] button")
    page.wait_for_url(f"{suite}/step-up?*")
    with page.expect_download() as download:
        page.click("[data-passkey] button")
    assert download.value.suggested_filename == "health-file.json"
    page.goto(f"{suite}/my/account/security")
    assert page.locator("strong:text('我的电脑')").count() == 1
    assert violations(page) == []
    page.goto(f"{suite}/my/account")
    page.click("form[action='/sign-out'] button")
    page.goto(f"{suite}/?next=/my/account/devices")
    page.click("[data-passkey] button")
    page.wait_for_url(f"{suite}/my/account/devices")
    page.goto(f"{suite}/my/health/download")
    with page.expect_download():
        page.click("a[href='/my/health/copy']")


def test_browser_without_passkeys_is_shown_no_button(suite) -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(java_script_enabled=False, locale="zh-CN")
        page.goto(suite)
        assert not page.is_visible("text=用通行密钥登录")
        assert page.is_visible("form[action='/sign-in'] button")
        browser.close()
