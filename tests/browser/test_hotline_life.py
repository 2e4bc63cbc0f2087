"""A ticket from its first word to a disputed end, by keyboard alone: the resident at 320 px, in elder mode, no scripts.

What a screen reader is given is read on the way. `make test-pages`
"""

from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from tests.support.browser import launch, overflow, press, served, tab_to
from tests.support.people import PASSWORD, cheap_passwords, code_of, enrol_resident, enrol_staff
from tests.support.screen_reader import focused, named, unsound

pytestmark = [pytest.mark.pages, pytest.mark.timeout(900)]

TEXT = "三号楼前的路灯坏了三天，晚上看不清路。"
AGAIN = "三号楼前的路灯坏了三天了，晚上看不清路，请修。"
ELDER = "language=zh-Hans&mode=elder&theme=day"


@pytest.fixture
def suite(committed):
    with served(committed) as base_url:
        yield base_url


@pytest.fixture
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@contextmanager
def page_of(chromium, suite, person, **options):
    """Somebody's browser, signed in; whatever the console says is a fault."""
    context = chromium.new_context(locale="zh-CN", **options)
    page = context.new_page()
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(f"{suite}/sign-in")
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if person.secret:
        page.fill("[name=otp]", code_of(person))
        with page.expect_navigation():
            page.keyboard.press("Enter")
    yield page
    assert [fault for fault in page.faults if "status of 422" not in fault] == []
    context.close()


@pytest.fixture
def home(chromium, suite, committed):
    """The resident, on an old phone without scripts."""
    with cheap_passwords():
        person = enrol_resident(committed)
        small = {"viewport": {"width": 320, "height": 640}, "java_script_enabled": False}
        with page_of(chromium, suite, person, **small) as page:
            page.context.add_cookies([{"name": "citizen_display", "value": ELDER, "url": suite}])
            yield page


@pytest.fixture
def staff(chromium, suite, committed):
    """Opens a page for a member of staff of some roles."""
    opened = []

    def open_for(*roles, unit="HOTLINE"):
        with cheap_passwords():
            person = enrol_staff(committed, roles=roles, unit=unit)
            entered = page_of(chromium, suite, person, viewport={"width": 1280, "height": 900})
            opened.append(entered)
            return entered.__enter__()

    yield open_for
    for one in reversed(opened):
        one.__exit__(None, None, None)


def write(page, selector, text) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)


def choose(page, selector, *, down) -> None:
    tab_to(page, selector)
    for _ in range(down):
        page.keyboard.press("ArrowDown")


def heard(page) -> None:
    """The page is sound for a screen reader, and fits the screen."""
    assert (page.url, unsound(page), overflow(page)) == (page.url, [], 0)


def act(page, action) -> None:
    press(page, f"button[name=action][value={action}]")


def file_ticket(home, suite, text):
    """Three steps; the number, the tracking code and the ticket's own page."""
    home.goto(f"{suite}/my/tickets")
    press(home, "main a[href='/my/tickets/new']")
    heard(home)
    press(home, "form[action='/my/tickets/new/1'] button")
    assert home.title().startswith("有 ")
    assert named(home, "alert") != [] or home.locator("[role=alert] a").count()
    heard(home)
    write(home, "#text", text)
    choose(home, "#category", down=1)
    press(home, "form[action='/my/tickets/new/1'] button")
    heard(home)
    write(home, "#district", "东岸区")
    write(home, "#address", "和平路 12 号")
    press(home, "form[action='/my/tickets/new/2'] button")
    heard(home)
    press(home, "form[action='/my/tickets/new/3'] button")
    heard(home)
    number, code = home.locator("dd").all_inner_texts()[:2]
    press(home, "main a[href^='/my/tickets/0']")
    heard(home)
    return number, code, home.url.rpartition("/")[2]


def test_ticket_lives_from_the_first_word_to_a_disputed_end(home, staff, suite) -> None:
    number, code, ticket = file_ticket(home, suite, TEXT)
    again, _, other = file_ticket(home, suite, AGAIN)
    triage(staff("operator"), staff("supervisor", "operator"), suite, (ticket, number), (other, again))
    officer = staff("officer", unit="WORKS-DA")
    ask(officer, suite, ticket)
    reply(home, suite, ticket)
    finish(officer, suite, ticket)
    judge(home, suite, ticket)
    verify(home, suite, number, code)


def triage(operator, supervisor, suite, first, second) -> None:
    """Claim the oldest by one key, dispatch it; claim the next, merge it into the first, and have that undone."""
    (ticket, number), (other, _) = first, second
    operator.goto(f"{suite}/console/hotline")
    heard(operator)
    tab_to(operator, "tbody th a")
    with operator.expect_navigation():
        operator.keyboard.press("n")
    assert operator.url == f"{suite}/console/hotline/{ticket}"
    heard(operator)
    act(operator, "dispatch")
    operator.goto(f"{suite}/console/hotline")
    tab_to(operator, "tbody th a")
    with operator.expect_navigation():
        operator.keyboard.press("n")
    assert operator.url == f"{suite}/console/hotline/{other}"
    press(operator, f"button[name=into][value='{number}']")
    assert "已并入另一件诉求" in operator.inner_text("main")
    supervisor.goto(f"{suite}/console/wall")
    heard(supervisor)
    supervisor.goto(f"{suite}/console/hotline/{other}")
    heard(supervisor)
    write(supervisor, "[name=note]", "不是同一盏灯")
    press(supervisor, "button[name=undo]")
    operator.goto(f"{suite}/console/hotline/{other}")
    act(operator, "dispatch")


def ask(officer, suite, ticket) -> None:
    """Sign, contact, start; asking the resident without a word is refused beside the field, which gets the focus."""
    officer.goto(f"{suite}/console/desk")
    heard(officer)
    press(officer, f"tbody a[href='/console/hotline/{ticket}']")
    for action in ("sign", "contact", "start"):
        act(officer, action)
    act(officer, "ask_resident")
    assert officer.title().startswith("有 1 处要改")
    told = focused(officer)
    assert told is not None
    assert told.role == "alert"
    heard(officer)
    officer.keyboard.press("Tab")
    with officer.expect_event("framenavigated"):
        officer.keyboard.press("Enter")
    assert officer.evaluate("document.activeElement.id") == "note"
    officer.keyboard.type("请写楼号。")
    act(officer, "ask_resident")
    assert "等您补充" in officer.inner_text("main")


def reply(home, suite, ticket) -> None:
    home.goto(f"{suite}/my/tickets/{ticket}")
    heard(home)
    act(home, "reply")
    assert home.title().startswith("有 1 处要改")
    heard(home)
    write(home, "#reply-note", "三号楼")
    act(home, "reply")
    assert "三号楼" in home.inner_text("main")


def finish(officer, suite, ticket) -> None:
    officer.goto(f"{suite}/console/hotline/{ticket}")
    write(officer, "#note", "灯已换好。")
    act(officer, "resolve")
    assert "单位说办好了" in officer.inner_text("main")


def judge(home, suite, ticket) -> None:
    """Confirm, mark, think again and dispute."""
    home.goto(f"{suite}/my/tickets/{ticket}")
    heard(home)
    act(home, "close")
    choose(home, "#rate-score", down=2)
    act(home, "rate")
    heard(home)
    write(home, "#dispute-note", "又灭了。")
    act(home, "dispute")
    assert "又灭了" in home.inner_text("main")
    heard(home)


def verify(home, suite, number, code) -> None:
    """The whole history is checked with the tracking code, signed in or not."""
    home.goto(f"{suite}/track")
    write(home, "#number", number)
    write(home, "#code", code)
    press(home, "form[action='/track'] button")
    assert "记录完整" in home.inner_text("main")
    heard(home)
