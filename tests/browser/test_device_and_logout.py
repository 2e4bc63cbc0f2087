"""The pages of the device grant and of front-channel logout in a real browser: sound, and really loading frames."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import sync_playwright

from services.gateway.client_rules import DEVICE_CODE
from services.gateway.people import acr
from services.gateway.people.session_cookie import PageSession, seal_session
from tests.support.app import app_over
from tests.support.browser import launch, overflow, violations
from tests.support.oauth import Door
from tests.support.outside import outside_server

pytestmark = pytest.mark.pages

NARROW = {"width": 320, "height": 900}


@pytest.fixture
def door(committed, suite):
    return Door(app_over(committed, CITIZEN_BASE_URL=suite))


@pytest.fixture
def context():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser.new_context(viewport=NARROW, locale="zh-CN")
        browser.close()


def sign_in(context, door, suite, person):
    page = PageSession(
        account=person.account,
        session=person.session,
        kind=person.kind,
        roles=(),
        unit=None,
        acr=acr.PASSWORD,
        auth_time=person.auth_time,
    )
    sealed = seal_session(door.database.keys, page)
    context.add_cookies([{"name": "citizen", "value": sealed, "url": suite}])


def check(page, url=None):
    if url is not None:
        page.goto(url)
    assert overflow(page) == 0

    assert violations(page) == []


def test_person_answers_a_kiosk_on_a_narrow_screen(context, door, suite):
    person = door.add_person()
    kiosk = door.add_client(grants=[DEVICE_CODE], redirect_uris=[], post_logout_redirect_uris=[])
    asked = {"scope": "openid offline_access ebills:read", "client_id": kiosk.client.client_id}
    codes = door.http.post("/oauth/device_authorization", data=asked).get_json()
    sign_in(context, door, suite, person)
    page = context.new_page()
    check(page, f"{suite}/device")
    page.fill("[name=user_code]", "bbbb bbbb")
    page.click("main form button")
    check(page)
    page.fill("[name=user_code]", codes["user_code"].lower())
    page.click("main form button")
    assert codes["user_code"] in page.inner_text("main")
    check(page)
    page.click("button[value=allow]")
    page.wait_for_url(f"{suite}/device/allowed")
    check(page)
    form = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"]}
    assert door.token(kiosk, **form).status_code == 200


def test_signed_out_page_loads_each_clients_frame_and_lists_it(context, door, suite):
    with outside_server() as outside:
        outside.put("/front", {})
        app = door.add_client(
            redirect_uris=[outside.url("/callback")],
            post_logout_redirect_uris=[outside.url("/bye")],
            frontchannel_logout_uri=outside.url("/front"),
            frontchannel_logout_session_required=True,
        )
        person = door.add_person()
        door.sign_in(person)
        page_of_consent = door.authorize(app)
        code = parse_qs(urlsplit(door.decide(page_of_consent).location).query)["code"][0]
        hint = door.redeem(app, code).get_json()["id_token"]
        sign_in(context, door, suite, person)
        page = context.new_page()
        refused = []
        page.on("console", lambda message: refused.append(message.text))
        query = f"id_token_hint={hint}&post_logout_redirect_uri={outside.url('/bye')}&state=s"
        page.goto(f"{suite}/oauth/logout?{query}")
        page.wait_for_timeout(500)
        fronts = [path for _, path, _ in outside.seen if path.startswith("/front?")]
        assert len(fronts) == 1
        assert {"iss", "sid"} <= set(parse_qs(urlsplit(fronts[0]).query))
        assert [text for text in refused if "Content Security Policy" in text] == []
        check(page)
        page.click("main a.button")
        page.wait_for_url(f"{outside.url('/bye')}?state=s")
