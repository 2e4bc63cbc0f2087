"""One resident's journey in a real browser, by keyboard alone; the whole matrix is `make test-pages`."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import sync_playwright

from services.actor import system
from services.database.roles import Role
from services.database.session import Opening
from services.gateway.catalogue import build_catalogue
from services.gateway.clients import create_client
from services.gateway.oauth.pkce import challenge_of
from tests.support.app import app_over
from tests.support.browser import launch, overflow, press, served, tab_to, violations
from tests.support.doors import staff_bearer
from tests.support.ebills import BILL, BILLER, NUMBER, add_billers, send
from tests.support.people import GATEWAY, PASSWORD, cheap_passwords, enrol_resident
from wsgi import MANIFESTS

VERIFIER = "v" * 64
SCOPES = "openid health_file:read ebills:read social_card:read legal_id:read hotline:read"
READS = (
    "/health-file/v1/resources",
    "/ebills/v1/bills",
    "/social-card/v1/cards",
    "/legal-id/v1/legal-persons",
    "/hotline/v1/tickets",
)
PAGES = ("/my/health", "/my/bills", "/my/card", "/business", "/my/tickets")


@pytest.fixture
def suite(committed):
    """The served suite with a biller's file in it."""
    application = app_over(committed)
    add_billers(committed)
    assert send(staff_bearer(application, "biller", BILLER), BILL).status_code == 201
    with served(committed) as base_url:
        yield base_url


@pytest.fixture
def person(committed):
    with cheap_passwords():
        yield enrol_resident(committed)


@pytest.fixture
def client_id(committed, suite):
    with committed.transaction(GATEWAY) as session:
        made = create_client(
            session,
            system("test"),
            catalogue=build_catalogue(MANIFESTS),
            name="安康药房",
            name_en="Ankang Pharmacy",
            auth_method="none",
            grants=["authorization_code", "refresh_token"],
            scopes=SCOPES.split(),
            redirect_uris=[f"{suite}/help"],
            post_logout_redirect_uris=[],
        )
    return made.client.client_id


@pytest.fixture
def page():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
        opened = context.new_page()
        opened.faults = []
        opened.on("console", lambda message: opened.faults.append(message.text))
        opened.on("pageerror", lambda error: opened.faults.append(str(error)))
        yield opened
        browser.close()


def look(page) -> None:
    """Nothing that axe finds, nothing sideways, on a phone and on a desk."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == [], page.url
        assert overflow(page) == 0, page.url


def sign_in(page, suite, person) -> None:
    page.goto(suite)
    look(page)
    tab_to(page, "[name=username]")
    page.keyboard.type(person.username)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{suite}/"


def consent(page, suite, client_id) -> str:
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": f"{suite}/help",
        "scope": SCOPES,
        "state": "s-1",
        "nonce": "n-1",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    page.goto(f"{suite}/oauth/authorize?{urlencode(asked)}")
    assert "安康药房" in page.inner_text("main")
    look(page)
    press(page, "button[name=decision][value=allow]")
    assert page.url.startswith(f"{suite}/help?")
    return parse_qs(urlsplit(page.url).query)["code"][0]


def redeem(suite, client_id, code) -> str:
    form = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": code,
        "redirect_uri": f"{suite}/help",
        "code_verifier": VERIFIER,
    }
    with urlopen(f"{suite}/oauth/token", urlencode(form).encode()) as answer:
        return json.load(answer)["access_token"]


def walk(page, suite) -> None:
    """The five services from home, each by its link."""
    for path in PAGES:
        page.goto(suite)
        press(page, f"main a[href='{path}']")
        assert page.locator("h1").count() == 1
        look(page)


def test_resident_signs_in_consents_and_walks_by_keyboard_in_both_languages_and_elder_mode(
    page, suite, person, client_id, committed
) -> None:
    sign_in(page, suite, person)
    look(page)
    token = redeem(suite, client_id, consent(page, suite, client_id))
    for path in READS:
        with urlopen(Request(suite + path, headers={"Authorization": f"Bearer {token}"})) as answer:
            assert answer.status == 200, path
    claim_account(page, suite)
    walk(page, suite)
    press(page, "button[name=language]")
    assert page.get_attribute("html", "lang") == "en"
    press(page, "button[name=mode]")
    assert page.get_attribute("html", "data-mode") == "elder"
    assert page.get_attribute("button[name=mode]", "aria-pressed") == "true"
    walk(page, suite)
    assert page.faults == []
    with committed.transaction(Opening(role=Role.VERIFIER)) as session:
        rows = session.raw("SELECT count(*) FROM audit.events WHERE event = 'ebills.bills.read'").fetchone()
    assert rows[0] == 3


def claim_account(page, suite) -> None:
    """Link the account of the paper bill; a wrong amount first, whose mistake is told beside what was typed."""
    page.goto(f"{suite}/my/bills/accounts/new")
    look(page)
    page.select_option("[name=biller]", BILLER)
    page.fill("[name=account_number]", NUMBER)
    page.fill("[name=amount]", "1")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("[role=alert]").count() == 1
    assert page.input_value("[name=account_number]") == NUMBER
    # The browser notes every answer of 4xx; this one was asked for.
    assert [fault for fault in page.faults if "422" not in fault] == []
    page.faults.clear()
    look(page)
    page.fill("[name=amount]", "186.44")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{suite}/my/bills/accounts"
    assert NUMBER in page.inner_text("main")
