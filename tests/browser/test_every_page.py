"""Every page of the demo city in every language, look and width: `make test-pages`.

What is opened stands in tests/browser/matrix.py and scenes.py. `CITIZEN_SHOTS=<folder>` leaves pictures of every page.
"""

import gzip
import os
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import sync_playwright

from hotline.actions import count_days
from hotline.demo import PATHS
from services.database.engine import engine_for
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.demo.city import invent_city
from services.demo.seed import seed_city
from services.settings import load
from services.vault.signing import ensure_signing_keys
from tests.browser.city import City
from tests.browser.matrix import READERS, WAYS
from tests.browser.scenes import SCENES
from tests.support.browser import launch, overflow, served, violations
from tests.support.screen_reader import unsound
from wsgi import MANIFESTS

# The first test of a run seeds the city.
pytestmark = [pytest.mark.pages, pytest.mark.timeout(1800)]

LOOKS = {
    "day": {"theme": "day"},
    "night": {"theme": "night"},
    "elder": {"mode": "elder", "theme": "day"},
    "elder night": {"mode": "elder", "theme": "night"},
    "contrast": {"contrast": "more", "theme": "day"},
    "contrast night": {"contrast": "more", "theme": "night"},
}
# `CITIZEN_LOOKS=day,elder` for a quick round while a page is made.
LOOKS = {name: LOOKS[name] for name in os.environ.get("CITIZEN_LOOKS", ",".join(LOOKS)).split(",")}
LANGUAGES = ("zh-Hans", "en")
WIDTHS = (320, 390, 768, 1280)
# All bytes of a first view, as they travel.
MOST_BYTES = 60_000
# WCAG 2.2 success criterion 1.4.12.
SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
    " p { margin-bottom: 2em !important }"
)
SMALL_LINKS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
    .filter(e => e.getClientRects().length && !e.matches('.skip'))
    .filter(e => { const r = e.getBoundingClientRect(); return r.height < 23.5 && !e.closest('p, td, dd') })
    .map(e => e.outerHTML.slice(0, 80))"""
DRESS = """look => { const root = document.documentElement
    for (const name of ['mode', 'theme', 'contrast']) delete root.dataset[name]
    Object.assign(root.dataset, look) }"""
# Further addresses of a page, or of the same page about another person.
ALIASES = {"/", "/my", "/my/tickets/new", "/my/health"}
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@pytest.fixture(scope="module")
def city(server, settings, keys, worker_id):
    """The whole demo city, served."""
    name = f"citizen_pages_{worker_id}"
    server.clone(name)
    engine = engine_for(replace(settings, threads=16), server.app_url(name))
    database = Database(engine, keys)
    demo = load({"CITIZEN_MODE": "demo", "CITIZEN_DATABASE_URL": "postgresql://unused"})
    with database.transaction(Opening(role=Role.WORKER)) as session:
        ensure_signing_keys(session)
    seed_city(database, demo, MANIFESTS)
    with database.transaction(Opening(role=Role.WORKER, service="hotline")) as session:
        count_days(session)
    with served(database) as base_url, sync_playwright() as playwright:
        browser = launch(playwright)
        yield City(base_url, database, browser)
        browser.close()
    engine.dispose()
    server.drop(name)


@pytest.fixture(scope="module")
def applicant(city):
    """A browser in which both forms were begun by somebody whom the city does not know."""
    context = city.chromium.new_context()
    page = context.new_page()
    for path in ("/sign-up", "/recover"):
        page.goto(city.url + path)
        page.fill("[name=id_number]", "310101198005170019")
        page.fill("[name=phone]", "13900000001")
        if page.locator("[name=name]").count():
            page.fill("[name=name]", "张三")
        page.click(f"form[action='{path}'] button")
        page.wait_for_url(f"**{path}/code")
    city.states["applicant"] = context.storage_state()
    context.close()


def paths_of(city, page, who):
    """The addresses a reader opens: those named, and those behind links."""
    yield from READERS[who]
    for way in WAYS:
        if way.who == who:
            address = way.start
            for link in way.links:
                page.goto(city.url + address)
                address = page.locator(link).first.get_attribute("href")
            yield address


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", READERS)
def test_page_is_sound_in_this_look(city, applicant, who, language, look) -> None:
    found = []
    with city.browser_of(who) as context:
        city.show(context, language=language, **LOOKS[look])
        page = context.new_page()
        page.on("console", lambda message: found.append(f"{page.url} {message.text}"))
        titles = {}
        for path in dict.fromkeys(paths_of(city, page, who)):
            answer = page.goto(city.url + path)
            if path == "/nothing":
                found = [fault for fault in found if "/nothing" not in fault]
            elif answer.status != 200:
                found.append(f"{path} answers {answer.status}")
                continue
            # Two records, or two tickets, may have one name.
            if path in READERS[who]:
                titles.setdefault(page.title(), []).append(path)
            found += faults_of(page, path, language, look, f"{who} {path}")
            if look == "day":
                found += weight_of(page, answer, path)
        found += [
            f"{same} are all called {title}" for title, same in titles.items() if len(set(same) - ALIASES) > 1
        ]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda one: one.name)
def test_scene_is_sound_in_every_look(city, scene, language) -> None:
    found, answers, faults = [], [], []
    with city.browser_of(scene.who) as context:
        city.show(context, language=language, **LOOKS["day"])
        page = context.new_page()
        page.on("response", lambda one: answers.append(one) if one.request.is_navigation_request() else None)
        page.on("console", lambda message: faults.append(message.text))
        scene.play(page, city)
        assert answers[-1].status == scene.status, f"{page.url} answers {answers[-1].status}"
        if scene.method == "POST" and scene.status >= 400:
            # The browser itself notes every answer of 4xx.
            faults = [fault for fault in faults if "status of 4" not in fault]
            assert page.locator("[role=alert]").count() or scene.status == 404
        for look, chosen in LOOKS.items():
            page.evaluate(DRESS, chosen)
            found += faults_of(page, scene.name, language, look, scene.name)
    assert found + [fault for fault in faults if "status of 4" not in fault] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", PATHS)
def test_ticket_is_sound_in_every_state(city, state, language) -> None:
    """As whoever told it sees it, and as a supervisor does."""
    found = []
    for who, way in ((reporter_of(state), tell_own), ("supervisor", look_up)):
        with city.browser_of(who) as context:
            city.show(context, language=language, **LOOKS["day"])
            page = context.new_page()
            page.on("console", lambda message: found.append(message.text))
            way(page, city, state)
            for look in sorted({"day", "elder", "contrast"} & set(LOOKS)):
                page.evaluate(DRESS, LOOKS[look])
                found.extend(faults_of(page, f"{state} of {who}", language, look, f"{state} {who[:8]}"))
    assert found == []


def reporter_of(state):
    """The resident of the demo city whose ticket stands there."""
    return f"account {invent_city().adults()[list(PATHS).index(state)].subject_id}"


def tell_own(page, city, state):
    page.goto(f"{city.url}/my/tickets")
    page.locator("main .rows a").last.click()


def look_up(page, city, state):
    page.goto(f"{city.url}/console/hotline/search")
    page.select_option("#state", state.value)
    with page.expect_navigation():
        page.click("form[role=search] button")
    page.locator("main tbody a").first.click()


def faults_of(page, path, language, look, name):
    """What is wrong with the open page in this look, at every width."""
    found = []
    if page.get_attribute("html", "lang") != language:
        found.append(f"{path} speaks another language")
    if page.locator("h1").count() != 1:
        found.append(f"{path} has {page.locator('h1').count()} titles")
    # By night the same elements have other colours, and nothing else.
    rules = ["color-contrast"] if "night" in look else None
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if overflow(page):
            found.append(f"{path} in {look} at {width} scrolls {overflow(page)} px sideways")
        if width in {320, 1280}:
            found += [f"{path} in {look} at {width}: {fault}" for fault in violations(page, rules)]
            found += [f"{path} read aloud at {width}: {fault}" for fault in unsound(page) if rules is None]
            keep_picture(page, f"{name}-{language}-{look}-{width}")
    found += [f"{path} has a small target: {html}" for html in page.evaluate(SMALL_LINKS)]
    page.set_viewport_size({"width": 320, "height": 900})
    # Through the document's own objects: a style element would be against the page's own policy.
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s] }",
        SPACING,
    )
    if overflow(page):
        found.append(f"{path} with text spacing scrolls {overflow(page)} px sideways")
    page.evaluate("document.adoptedStyleSheets = []")
    return found


def weight_of(page, answer, path):
    """The page with all it loads, as it travels: less than 60 KB."""
    bodies = [answer.body()]
    assets = dict.fromkeys(ASSET.findall(bodies[0].decode()))
    bodies += [page.request.get(urljoin(page.url, url)).body() for url in assets]
    total = sum(len(gzip.compress(body)) for body in bodies)
    return [f"{path} weighs {total} bytes"] if total >= MOST_BYTES else []


def keep_picture(page, name):
    folder = os.environ.get("CITIZEN_SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name.replace('/', '_')}.png"), full_page=True)
