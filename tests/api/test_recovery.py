"""Getting back into an account: the ceremony, what it ends, who can stop it, and that it is no back door."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from services import clock
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.gateway.models import recoveries
from services.gateway.people.recovery_states import POLICIES, TRANSITIONS, RecoveryState
from services.notices.models import messages
from tests.support.people import (
    GATEWAY,
    Browser,
    Enrolled,
    enrol_resident,
    enrol_staff,
    gateway_over,
    new_id_number,
    new_phone,
)
from tests.support.privacy import PrivacyAlarm
from tests.support.texts import last_code, texts_to

NEW = "a new password"
COOLING = POLICIES["production"].cooling


@pytest.fixture(autouse=True)
def _watched(privacy: PrivacyAlarm, private_people: None) -> None:
    privacy.watch(NEW)


@pytest.fixture
def application(database: Database) -> Flask:
    return gateway_over(database, policy="production")


@pytest.fixture
def phone() -> str:
    return new_phone()


@pytest.fixture
def owner(database: Database, phone: str) -> Enrolled:
    return enrol_resident(database, phone=phone, email="owner@example.com")


def ask(browser: Browser, id_number: str, phone: str) -> TestResponse:
    return browser.submit(browser.get("/recover"), "/recover", id_number=id_number, phone=phone)


def give_code(browser: Browser, code: str) -> TestResponse:
    return browser.submit(browser.get("/recover/code"), "/recover/code", otp=code)


def prove(browser: Browser, database: Database, owner: Enrolled, phone: str) -> TestResponse:
    ask(browser, owner.username, phone)
    return give_code(browser, last_code(database, f"+86{phone}"))


def choose(browser: Browser, password: str = NEW) -> TestResponse:
    return browser.submit(browser.get("/recover/password"), "/recover/password", password=password)


def test_recovery_waits_then_sets_the_password_and_ends_everything(
    application: Flask, database: Database, owner: Enrolled, phone: str, noon: datetime
) -> None:
    with clock.held(noon):
        elsewhere = Browser(application)
        elsewhere.sign_in(owner)
        browser = Browser(application)
        assert prove(browser, database, owner, phone).location == "/recover/wait"
        assert "以后可以设新密码" in browser.get("/recover/wait").text
        assert browser.get("/recover/password").location == "/recover/wait"
    with clock.held(noon + COOLING - timedelta(minutes=1)):
        assert prove(browser, database, owner, phone).location == "/recover/wait"
    with clock.held(noon + COOLING):
        assert prove(browser, database, owner, phone).location == "/recover/password"
        assert elsewhere.give_password(owner.username).status_code == 303
        assert choose(browser).location == "/recover/done"
        assert browser.get("/recover/done").status_code == 200
        assert elsewhere.get("/my/account").status_code == 303
        fresh = Browser(application, address="192.0.2.77")
        assert fresh.give_password(owner.username).status_code == 401
        assert fresh.give_password(owner.username, NEW).status_code == 303
    assert any("设了新密码" in text for text in texts_to(database, f"+86{phone}"))


def test_recovery_without_the_second_code_has_no_way_to_a_password(
    application: Flask, database: Database, owner: Enrolled, phone: str, noon: datetime
) -> None:
    browser = Browser(application)
    with clock.held(noon):
        prove(browser, database, owner, phone)
    with clock.held(noon + COOLING + timedelta(minutes=1)):
        answer = browser.get("/recover/password")
    assert answer.status_code == 401
    assert 'action="/recover"' in answer.text


def test_recovery_form_kept_open_before_its_time_is_refused(
    application: Flask, database: Database, owner: Enrolled, phone: str, noon: datetime
) -> None:
    with clock.held(noon):
        browser = Browser(application)
        prove(browser, database, owner, phone)
        token = re.search(r'name="form_token" value="([^"]+)"', browser.get("/recover").text)
        assert token
        answer = browser.post("/recover/password", form_token=token.group(1), password=NEW)
    assert answer.status_code == 409
    assert Browser(application).give_password(owner.username).status_code == 303


def test_recovery_tells_the_owner_on_every_channel_with_a_link_that_stops_it(
    application: Flask, database: Database, owner: Enrolled, phone: str, noon: datetime
) -> None:
    with clock.held(noon):
        thief = Browser(application)
        prove(thief, database, owner, phone)
        warned = [*texts_to(database, f"+86{phone}"), *texts_to(database, "owner@example.com")]
        links = [re.search(r"http://localhost:8000(/recover/stop/\S+)", text) for text in warned]
        with database.transaction(Opening(role=Role.WORKER)) as session:
            told = session.execute(
                select(messages.c.link).where(messages.c.kind == "gateway.recovery_asked")
            ).scalar_one()
        assert [link.group(1) for link in links if link] == [told, told]
        stranger = Browser(application)
        page = stranger.get(told)
        assert page.status_code == 200
        assert stranger.submit(page, told).status_code == 200
        assert "没有在进行的找回" in stranger.submit(stranger.get(told), told).text
    with clock.held(noon + COOLING):
        answer = prove(thief, database, owner, phone)
        assert answer.status_code == 200
        assert "叫停过" in answer.text
        assert thief.get("/recover/password").status_code == 401
    with clock.held(noon + POLICIES["production"].rest_after_stop + timedelta(minutes=1)):
        assert prove(Browser(application), database, owner, phone).location == "/recover/wait"


@pytest.mark.parametrize("token", ["x", "A" * 80])
def test_recovery_stop_link_that_is_not_ours_is_not_found(application: Flask, token: str) -> None:
    assert Browser(application).get(f"/recover/stop/{token}").status_code == 404


def without_values(text: str) -> str:
    return re.sub(r'value="[^"]*"|[0-9]{3}\*{4}[0-9]{4}', "", text)


def test_recovery_of_nobody_hears_what_somebody_hears_and_sends_nothing(
    application: Flask, database: Database, owner: Enrolled, phone: str
) -> None:
    childless = enrol_resident(database, password=None, phone="13800000001")
    staff = enrol_staff(database)
    del staff
    stories = []
    for number, mobile in (
        (owner.username, phone),
        (owner.username, "13800000000"),
        (new_id_number(), phone),
        (new_id_number(), "13800000009"),
        (childless.username, "13800000001"),
    ):
        browser = Browser(application)
        answer = ask(browser, number, mobile)
        pages = [browser.get("/recover/code"), give_code(browser, "no code")]
        stories.append(
            (
                answer.status_code,
                answer.location,
                *((page.status_code, without_values(page.text)) for page in pages),
            )
        )
    assert len(set(stories)) == 1
    assert len(texts_to(database, f"+86{phone}")) == 1
    assert texts_to(database, "+8613800000000") == texts_to(database, "+8613800000001") == []


def test_recovery_of_nobody_is_never_proven_whatever_the_code(
    application: Flask, database: Database, owner: Enrolled
) -> None:
    browser = Browser(application)
    ask(browser, owner.username, "13800000000")
    answers = [give_code(browser, f"{code:06d}").status_code for code in range(8)]
    assert answers == [401] * 8
    with database.transaction(GATEWAY) as session:
        assert session.execute(select(func.count()).select_from(recoveries)).scalar() == 0


def test_recovery_asked_too_often_by_strangers_leaves_the_known_browser_its_own(
    application: Flask, database: Database, owner: Enrolled, phone: str
) -> None:
    own = Browser(application)
    own.sign_in(owner)
    strangers = [Browser(application, address=f"198.51.100.{number}") for number in range(6)]
    answers = [ask(browser, owner.username, phone) for browser in strangers]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert ask(own, owner.username, phone).status_code == 303


def test_recovery_too_old_starts_anew(
    application: Flask, database: Database, owner: Enrolled, phone: str, noon: datetime
) -> None:
    browser = Browser(application)
    with clock.held(noon):
        prove(browser, database, owner, phone)
    later = noon + COOLING + POLICIES["production"].usable + timedelta(seconds=1)
    with clock.held(later):
        assert prove(browser, database, owner, phone).location == "/recover/wait"


def test_recovery_used_eight_times_at_once_sets_one_password(committed: Database, noon: datetime) -> None:
    application = gateway_over(committed, policy="demo")
    mobile = "13812345678"
    owner = enrol_resident(committed, phone=mobile)
    browser = Browser(application)
    with clock.held(noon):
        prove(browser, committed, owner, mobile)
    with clock.held(noon + timedelta(seconds=31)):
        prove(browser, committed, owner, mobile)
        page = browser.get("/recover/password")
        cookies = {name: browser.cookie(name) or "" for name in ("citizen_recover", "citizen_browser")}
    twins = [Browser(application) for _ in range(8)]
    for twin in twins:
        for name, value in cookies.items():
            twin.http.set_cookie(name, value)

    def use(numbered: tuple[int, Browser]) -> int:
        number, twin = numbered
        with clock.held(noon + timedelta(seconds=40)):
            return twin.submit(page, "/recover/password", password=f"password {number}").status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(use, enumerate(twins)))
    assert answers.count(303) == 1
    assert answers.count(409) == 7


def test_recovery_form_expired_gives_back_the_numbers_and_never_a_password(
    application: Flask, database: Database, owner: Enrolled, phone: str
) -> None:
    browser = Browser(application)
    page = browser.get("/recover")
    with clock.held(clock.now() + timedelta(hours=3)):
        answer = browser.submit(page, "/recover", id_number=owner.username, phone=phone)
    assert answer.status_code == 403
    assert f'value="{phone}"' in answer.text
    refused = browser.post("/recover/password", password=NEW)
    assert refused.status_code in {401, 403}
    assert NEW not in refused.text


def test_recovery_states_lead_on_or_end() -> None:
    assert {state for state, _ in TRANSITIONS} == {RecoveryState.WAITING, RecoveryState.READY}
