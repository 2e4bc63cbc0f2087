"""Telling the hotline in a real browser: three steps by keyboard, at 320 px and in elder mode, without a fault.

`CITIZEN_SHOTS=<folder>` leaves pictures of every page.
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.support.browser import launch, overflow, press, tab_to, violations
from tests.support.people import PASSWORD, cheap_passwords, enrol_resident

LOOKS = {
    "day-1280": ("zh-Hans", {"theme": "day"}, 1280),
    "elder-320": ("zh-Hans", {"mode": "elder", "theme": "day"}, 320),
    "contrast-320-en": ("en", {"contrast": "more", "theme": "day"}, 320),
}


@pytest.fixture
def page(suite, committed):
    with cheap_passwords():
        person = enrol_resident(committed)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(locale="zh-CN", java_script_enabled=True)
        opened = context.new_page()
        opened.faults = []
        opened.on("console", lambda message: opened.faults.append(message.text))
        opened.goto(f"{suite}/sign-in")
        opened.fill("[name=username]", person.username)
        opened.fill("[name=password]", PASSWORD)
        with cheap_passwords():
            opened.click("form[action='/sign-in'] button")
            opened.wait_for_url(lambda url: "sign-in" not in url)
        yield opened
        browser.close()


def looked_at(page, suite, name):
    """Every look of the page that is open: sound, and kept as a picture where one is wanted."""
    found = []
    for look, (language, chosen, width) in LOOKS.items():
        value = "&".join(f"{key}={wanted}" for key, wanted in {"language": language, **chosen}.items())
        page.context.add_cookies([{"name": "citizen_display", "value": value, "url": suite}])
        page.set_viewport_size({"width": width, "height": 900})
        page.reload()
        found += [f"{name} {look}: {fault}" for fault in violations(page)]
        if overflow(page):
            found.append(f"{name} {look}: scrolls {overflow(page)} px sideways")
        folder = os.environ.get("CITIZEN_SHOTS")
        if folder:
            page.screenshot(path=str(Path(folder) / f"{name}-{look}.png"), full_page=True)
    page.context.add_cookies([{"name": "citizen_display", "value": "language=zh-Hans", "url": suite}])
    page.reload()
    return found


def test_ticket_is_told_in_three_steps_and_every_page_is_sound(page, suite) -> None:
    found = []
    page.goto(f"{suite}/my/tickets/new")
    found += looked_at(page, suite, "1-what")
    tab_to(page, "#text")
    page.keyboard.type("三号楼前的路灯坏了三天，晚上看不清路。")
    page.select_option("#category", "street_light")
    press(page, "form[action='/my/tickets/new/1'] button")
    page.wait_for_url("**/new/2")
    found += looked_at(page, suite, "2-where")
    page.fill("#district", "东岸区")
    page.fill("#address", "和平路 12 号")
    page.fill("#landmark", "公交站旁")
    page.click("form[action='/my/tickets/new/2'] button")
    page.wait_for_url("**/new/3")
    found += looked_at(page, suite, "3-who")
    out = io.BytesIO()
    Image.new("RGB", (900, 600), (120, 160, 140)).save(out, "JPEG")
    photo = {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.set_input_files("#photo", photo)
    page.click("form[action='/my/tickets/new/3'] button")
    page.wait_for_url("**/filed?receipt=*")
    found += looked_at(page, suite, "4-filed")
    number, code = page.locator("dd").all_inner_texts()[:2]
    page.click("a[href^='/my/tickets/0']")
    found += looked_at(page, suite, "5-ticket")
    page.goto(f"{suite}/track")
    page.fill("#number", number)
    page.fill("#code", code)
    page.click("form[action='/track'] button")
    assert "记录完整" in page.inner_text("main")
    found += [f"tracked: {fault}" for fault in violations(page)]
    assert found + page.faults == []
