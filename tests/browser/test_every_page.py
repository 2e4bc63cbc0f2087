"""Every page of the demo city in every language, look and width: `make test-pages`."""

from dataclasses import dataclass, replace

import pyotp
import pytest
from playwright.sync_api import sync_playwright

from services.database.transaction import Database
from services.demo.accounts import list_accounts
from services.demo.seed import seed_city
from services.settings import load
from tests.support.browser import launch, overflow, served, violations
from wsgi import MANIFESTS

pytestmark = pytest.mark.pages

EVERYBODY = (
    "/",
    "/help",
    "/accessibility",
    "/privacy",
    "/track",
    "/display",
    "/docs",
    "/legal-id/search",
    "/device/allowed",
    "/device/denied",
    "/sign-up",
    "/sign-up/done",
    "/recover",
    "/recover/done",
    "/hotline/statistics",
    "/hotline/articles/noise-hours",
    "/nothing",
)
# Somebody in the middle of opening an account, and of recovering one.
APPLICANT = ("/sign-up/code", "/recover/code")
RESIDENT = (
    "/", "/my/inbox", "/my/account", "/my/account/security", "/my/account/devices", "/my/account/consents",
    "/my/account/passkeys/new", "/my/account/code/new", "/my/account/recovery-codes", "/my/account/code/remove",
    "/my/account/password", "/my/account/contact", "/my/account/contact/phone", "/my/account/contact/email",
    "/my/account/delegates", "/my/account/delegates/new", "/my/account/events", "/step-up", "/device",
    "/my/health", "/my/health/timeline", "/my/health/medicines", "/my/health/allergies", "/my/health/conditions",
    "/my/health/immunisations", "/my/health/results", "/my/health/results/4548-4", "/my/health/results/85354-9",
    "/my/health/documents", "/my/health/plans", "/my/health/readers", "/my/health/readers/block?unit=CL-HP",
    "/my/health/consents", "/my/health/consents/new", "/my/health/delegates", "/my/health/download",
    "/my/bills", "/my/bills/accounts", "/my/bills/accounts/new",
    "/my/card", "/my/card/apply", "/my/card/qr",
    "/my/card/loss", "/business", "/business/register", "/my/tickets", "/my/tickets/new", "/my/tickets/new/1",
    "/my/tickets/context",
)  # fmt: skip
# From a list to the first thing in it.
INSIDE = (
    ("/my/health/documents", "/my/health/documents/0"),
    ("/my/health/timeline", "/my/health/records/0"),
    ("/my/health", "/my/health?for="),
    ("/my/bills", "/my/bills/0"),
    ("/my/tickets", "/my/tickets/0"),
    ("/my/inbox", "/my/inbox/0"),
    ("/console/hotline", "/console/hotline/0"),
    ("/console/desk", "/console/hotline/0"),
)
STAFF = {
    "operator": (
        "/console",
        "/console/hotline",
        "/console/hotline/search",
        "/console/hotline/calls",
        "/console/hotline/new",
        "/console/hotline/templates",
        "/console/hotline/articles",
        "/console/desk",
    ),
    "supervisor": (
        "/console",
        "/console/wall",
        "/console/hotline/articles/new",
        "/console/hotline/articles/noise-hours",
        "/console/hotline/templates/new",
        "/console/hotline/templates/done",
    ),
    "officer": ("/console", "/console/desk"),
    "officer of CARD": ("/console", "/console/card"),
    "officer of REGISTER": ("/console", "/console/legal"),
    "biller": ("/console", "/console/bills"),
    "practitioner": ("/console", "/console/health/apps", "/console/card/checks"),
    "admin": (
        "/console",
        "/console/gateway",
        "/console/gateway/clients/new",
        "/console/gateway/invitations",
        "/console/gateway/keys",
        "/console/gateway/keys/rotate",
        "/console/gateway/staff",
        "/console/gateway/staff/new",
    ),
}
LOOKS = {
    "day": {"theme": "day"},
    "night": {"theme": "night"},
    "elder": {"mode": "elder", "theme": "day"},
    "elder night": {"mode": "elder", "theme": "night"},
    "contrast": {"contrast": "more", "theme": "day"},
    "contrast night": {"contrast": "more", "theme": "night"},
}
WIDTHS = (320, 390, 768, 1280)
# WCAG 2.2 success criterion 1.4.12.
SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
    " p { margin-bottom: 2em !important }"
)
SMALL_LINKS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
    .filter(e => e.getClientRects().length && !e.matches('.skip'))
    .filter(e => { const r = e.getBoundingClientRect(); return r.height < 23.5 && !e.closest('p, td, dd') })
    .map(e => e.outerHTML.slice(0, 80))"""


@dataclass(frozen=True)
class Reader:
    """Somebody with a signed-in browser state and the pages they see."""

    state: dict | None
    paths: tuple[str, ...]


@pytest.fixture(scope="module")
def suite(server, settings, keys, worker_id):
    """The whole demo city, served."""
    from services.database.engine import engine_for

    name = f"citizen_pages_{worker_id}"
    server.clone(name)
    engine = engine_for(replace(settings, threads=16), server.app_url(name))
    database = Database(engine, keys)
    demo = load({"CITIZEN_MODE": "demo", "CITIZEN_DATABASE_URL": "postgresql://unused"})
    from services.database.roles import Role
    from services.database.session import Opening
    from services.vault.signing import ensure_signing_keys

    with database.transaction(Opening(role=Role.WORKER)) as session:
        ensure_signing_keys(session)
    seed_city(database, demo, MANIFESTS)
    with served(database) as base_url:
        yield base_url
    engine.dispose()
    server.drop(name)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def sign_in(context, suite, account):
    page = context.new_page()
    page.goto(f"{suite}/sign-in")
    page.fill("[name=username]", account["username"])
    page.fill("[name=password]", account["password"])
    page.click("form[action='/sign-in'] button")
    if account["totp_secret"]:
        page.fill("[name=otp]", pyotp.TOTP(account["totp_secret"]).now())
        page.click("form[action='/sign-in/otp'] button")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.close()


def account_of(who):
    """The first account of a role, or of a role in one unit: `officer of CARD`."""
    role, _, unit = who.partition(" of ")
    return next(one for one in list_accounts() if one["role"] == role and unit in {"", one.get("unit")})


@pytest.fixture(scope="module")
def readers(chromium, suite):
    """Everybody's signed-in state, made once; links from lists to their first entry are found here."""
    found = {"everybody": Reader(None, EVERYBODY), "applicant": Reader(apply(chromium, suite), APPLICANT)}
    for role in ("representative", *STAFF):
        context = chromium.new_context()
        sign_in(context, suite, account_of(role))
        paths = STAFF.get(role, RESIDENT)
        paths = tuple(dict.fromkeys((*paths, *inside(context, suite, paths))))
        found[role] = Reader(context.storage_state(), paths)
        context.close()
    return found


def apply(chromium, suite):
    """A browser in which both forms were begun by somebody whom the city does not know."""
    context = chromium.new_context()
    page = context.new_page()
    for path in ("/sign-up", "/recover"):
        page.goto(suite + path)
        page.fill("[name=id_number]", "310101198005170019")
        page.fill("[name=phone]", "13900000001")
        if page.locator("[name=name]").count():
            page.fill("[name=name]", "张三")
        page.click(f"form[action='{path}'] button")
        page.wait_for_url(f"**{path}/code")
    state = context.storage_state()
    context.close()
    return state


def inside(context, suite, paths):
    page = context.new_page()
    for listed, start in INSIDE:
        if listed not in paths:
            continue
        page.goto(suite + listed)
        link = page.locator(f"main a[href^='{start}']").first
        if link.count():
            yield link.get_attribute("href")
    page.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("who", ["everybody", "applicant", "representative", *STAFF])
def test_page_is_sound_in_this_look(chromium, suite, readers, who, language, look) -> None:
    reader = readers[who]
    context = chromium.new_context(storage_state=reader.state)
    chosen = {"language": language, **LOOKS[look]}
    value = "&".join(f"{name}={wanted}" for name, wanted in chosen.items())
    context.add_cookies([{"name": "citizen_display", "value": value, "url": suite}])
    page = context.new_page()
    faults = []
    page.on("console", lambda message: faults.append(f"{page.url} {message.text}"))
    found = [fault for path in reader.paths for fault in faults_of(page, suite, path, language)]
    found += [fault for fault in faults if "/nothing" not in fault]
    context.close()
    assert found == []


def faults_of(page, suite, path, language):
    answer = page.goto(suite + path)
    if path != "/nothing" and answer.status != 200:
        return [f"{path} answers {answer.status}"]
    found = []
    if page.get_attribute("html", "lang") != language:
        found.append(f"{path} speaks another language")
    if page.locator("h1").count() != 1:
        found.append(f"{path} has {page.locator('h1').count()} titles")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if overflow(page):
            found.append(f"{path} at {width} scrolls {overflow(page)} px sideways")
        if width in {320, 1280}:
            found += [f"{path} at {width}: {fault}" for fault in violations(page)]
    found += [f"{path} has a small target: {html}" for html in page.evaluate(SMALL_LINKS)]
    page.set_viewport_size({"width": 320, "height": 900})
    # Through the document's own objects: a style element would be against the page's own policy.
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s] }",
        SPACING,
    )
    if overflow(page):
        found.append(f"{path} with text spacing scrolls {overflow(page)} px sideways")
    return found
