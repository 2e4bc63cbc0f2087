"""The suite served for a real browser, and what a person at a keyboard does with it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

from services.database.transaction import Database
from tests.support.app import app_over
from tests.support.serving import serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
HOW = (
    "no Chromium: install it (Debian: apt-get install chromium fonts-noto-cjk) "
    "or name one with CITIZEN_CHROMIUM=/path"
)
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Long enough for the longest page, and a page that traps the keyboard is found.
MOST_TABS = 80
RING = "([...document.querySelectorAll(':focus')].map(e => getComputedStyle(e).outlineStyle)[0] || 'none') !== 'none'"


def launch(playwright: Playwright) -> Browser:
    """The machine's Chromium; without one the test is left out and says how to get it."""
    given = os.environ.get("CITIZEN_CHROMIUM")
    found = given or next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip(HOW)
    return playwright.chromium.launch(executable_path=found, args=list(QUIET))


def served(database: Database) -> AbstractContextManager[str]:
    """The whole suite over a database that really commits; yields its base URL."""
    return serving(lambda base_url: app_over(database, CITIZEN_BASE_URL=base_url))


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds, each with its place; by all its rules, or by these alone."""
    options = AXE if rules is None else AXE | {"runOnly": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']} at {node['target']}" for one in found for node in one["nodes"]]


def overflow(page: Page) -> int:
    """How many pixels a page can be scrolled sideways."""
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return int(width)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this element has the focus; every stop on the way must show its ring."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(RING), f"no ring at {page.evaluate('document.activeElement.outerHTML')[:120]}"
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def press(page: Page, selector: str) -> None:
    """Reach a link or button with Tab and press Enter."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@contextmanager
def virtual_authenticator(page: Page) -> Iterator[None]:
    """Chromium's own authenticator, which holds passkeys and verifies its user; gone afterwards."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    devtools.detach()
