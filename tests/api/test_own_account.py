"""What people change about their own accounts: password, phone, mailbox; where they are signed in."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from services import clock
from services.database.transaction import Database
from services.gateway.models import grants
from services.gateway.people.session_origins import label_of, shorten_address
from tests.support.app import app_over
from tests.support.oauth import Door
from tests.support.people import (
    GATEWAY,
    PASSWORD,
    Browser,
    Enrolled,
    enrol_resident,
    enrol_staff,
    gateway_over,
    new_phone,
)
from tests.support.privacy import PrivacyAlarm
from tests.support.texts import last_code, texts_to

NEW = "another password"
CHROME = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"
)


@pytest.fixture(autouse=True)
def _watched(privacy: PrivacyAlarm, private_people: None) -> None:
    privacy.watch(NEW)


@pytest.fixture
def old_phone() -> str:
    return new_phone()


@pytest.fixture
def owner(database: Database, old_phone: str) -> Enrolled:
    return enrol_resident(database, phone=old_phone)


@pytest.fixture
def browser(application: Flask, owner: Enrolled) -> Browser:
    found = Browser(application)
    found.sign_in(owner)
    return found


def change_password(browser: Browser, current: str = PASSWORD, new: str = NEW) -> TestResponse:
    page = browser.get("/my/account/password")
    return browser.submit(page, "/my/account/password", current=current, password=new)


def test_password_changed_signs_out_everywhere_else(
    application: Flask, owner: Enrolled, browser: Browser
) -> None:
    elsewhere = Browser(application)
    elsewhere.sign_in(owner)
    answer = change_password(browser)
    assert answer.location == "/my/account/password?done=1"
    assert "改好了" in browser.get(answer.location).text
    assert browser.get("/my/account").status_code == 200
    assert elsewhere.get("/my/account").status_code == 303
    assert Browser(application).give_password(owner.username).status_code == 401
    assert Browser(application).give_password(owner.username, NEW).status_code == 303
    assert "改了" in browser.get("/my/inbox").text


@pytest.mark.parametrize(("current", "new", "status"), [("wrong", NEW, 401), (PASSWORD, "short", 422)])
def test_password_not_changed_with_a_wrong_or_short_one(
    application: Flask, owner: Enrolled, browser: Browser, current: str, new: str, status: int
) -> None:
    answer = change_password(browser, current, new)
    assert answer.status_code == status
    assert new not in answer.text
    assert Browser(application).give_password(owner.username).status_code == 303


def test_password_guessed_at_in_a_stolen_session_waits_at_the_sixth(database: Database) -> None:
    application = gateway_over(database, policy="production")
    person = enrol_resident(database)
    thief = Browser(application)
    thief.sign_in(person)
    answers = [change_password(thief, f"guess {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    # Guesses there do not slow the owner's sign-in.
    assert Browser(application).give_password(person.username).status_code == 303


def test_password_of_staff_is_changed_the_same_way(application: Flask, database: Database) -> None:
    member = enrol_staff(database)
    browser = Browser(application)
    browser.sign_in(member)
    assert change_password(browser).status_code == 303


def ask_phone(browser: Browser, phone: str, password: str = PASSWORD) -> TestResponse:
    page = browser.get("/my/account/contact/phone")
    return browser.submit(page, "/my/account/contact/phone", phone=phone, current=password)


def give_code(browser: Browser, code: str) -> TestResponse:
    return browser.submit(browser.get("/my/account/contact/code"), "/my/account/contact/code", otp=code)


def test_phone_changed_signs_in_and_the_old_one_hears_and_does_not(
    application: Flask, database: Database, owner: Enrolled, browser: Browser, old_phone: str
) -> None:
    phone = new_phone()
    assert ask_phone(browser, phone).location == "/my/account/contact/code"
    assert give_code(browser, last_code(database, f"+86{phone}")).status_code == 303
    assert f"{phone[:3]}****{phone[-4:]}" in browser.get("/my/account/contact").text
    assert any("改了" in text for text in texts_to(database, f"+86{old_phone}"))
    assert Browser(application).give_password(phone).status_code == 303
    assert Browser(application).give_password(old_phone).status_code == 401
    # The old number is free for whoever has it next.
    enrol_resident(database, phone=old_phone)


def test_phone_of_another_hears_of_it_and_nothing_changes(
    application: Flask, database: Database, browser: Browser, old_phone: str
) -> None:
    taken = new_phone()
    enrol_resident(database, phone=taken)
    assert ask_phone(browser, taken).location == "/my/account/contact/code"
    (told,) = texts_to(database, f"+86{taken}")
    assert "已在用" in told
    assert give_code(browser, "000000").status_code == 401
    assert Browser(application).give_password(old_phone).status_code == 303


def test_phone_not_changed_without_the_present_password(database: Database, browser: Browser) -> None:
    phone = new_phone()
    answer = ask_phone(browser, phone, "wrong password")
    assert answer.status_code == 401
    assert f'value="{phone}"' in answer.text
    assert texts_to(database, f"+86{phone}") == []


def test_contacts_of_staff_are_kept_by_their_unit(application: Flask, database: Database) -> None:
    browser = Browser(application)
    browser.sign_in(enrol_staff(database))
    assert browser.get("/my/account/contact").status_code == 403
    assert ask_phone(browser, "13700000000").status_code == 403


def test_mailbox_changed_with_a_code_to_the_new_one(database: Database, browser: Browser) -> None:
    page = browser.get("/my/account/contact/email")
    assert "没有登记" in browser.get("/my/account/contact").text
    typed = {"email": "someone@Example.com", "current": PASSWORD}
    assert browser.submit(page, "/my/account/contact/email", **typed).status_code == 303
    assert give_code(browser, last_code(database, "someone@example.com")).status_code == 303
    assert "s***@example.com" in browser.get("/my/account/contact").text


def test_code_for_a_contact_is_of_no_use_to_another_account(
    application: Flask, database: Database, browser: Browser
) -> None:
    phone = new_phone()
    ask_phone(browser, phone)
    other = Browser(application)
    other.sign_in(enrol_resident(database))
    other.http.set_cookie("citizen_contact", browser.cookie("citizen_contact") or "")
    answer = other.get("/my/account/contact/code")
    assert answer.status_code == 401
    assert 'action="/my/account/contact/phone"' in answer.text


def test_devices_say_coarsely_which_and_where(application: Flask, owner: Enrolled) -> None:
    browser = Browser(application, address="203.0.113.77")
    browser.sign_in(owner)
    browser._headers["User-Agent"] = CHROME  # the test's own browser
    browser.get("/my")
    page = browser.get("/my/account/devices")
    assert "Chrome · Android" in page.text
    assert "203.0.113.0/24" in page.text
    assert "203.0.113.77" not in page.text


def test_devices_last_use_is_noted_by_the_hour(application: Flask, owner: Enrolled, browser: Browser) -> None:
    start = clock.now()
    browser.get("/my")
    with clock.held(start + timedelta(hours=2)):
        elsewhere = Browser(application)
        elsewhere.sign_in(owner)
        before = elsewhere.get("/my/account/devices").text.count("最近一次在用")
        assert before == 2


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (CHROME, ("Chrome", "Android")),
        ("Mozilla/5.0 (iPhone) Version/17.0 Mobile/15E148 Safari/604.1", ("Safari", "iOS")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 13) MicroMessenger/8.0", ("WeChat", "Android")),
        ("curl/8", ("", "")),
    ],
)
def test_label_of_a_browser_is_coarse(agent: str, label: tuple[str, str]) -> None:
    assert label_of(agent) == label


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", ""),
    ],
)
def test_address_is_shortened(address: str, network: str) -> None:
    assert shorten_address(address) == network


@pytest.mark.parametrize(
    "path", ["/my/account/password", "/my/account/contact/phone", "/my/account/contact/code"]
)
def test_form_of_another_site_is_refused_and_gives_no_password_back(browser: Browser, path: str) -> None:
    answer = browser.post(path, current=PASSWORD, password=NEW, phone="13700000000", otp="123456")
    assert answer.status_code in {401, 403}
    assert PASSWORD not in answer.text
    assert NEW not in answer.text


def test_consents_say_when_an_application_last_got_tokens_by_the_hour(database: Database) -> None:
    door = Door(app_over(database))
    app, person = door.add_client(), door.add_person()
    start = clock.now()
    first = door.tokens(app, person, scope="offline_access openid")["refresh_token"]
    for minutes in (1, 59):
        with clock.held(start + timedelta(minutes=minutes)):
            first = door.refresh(app, first).get_json()["refresh_token"]
    assert used_at(database, person.account) < start + timedelta(minutes=1)
    with clock.held(start + timedelta(minutes=75)):
        door.refresh(app, first)
        assert used_at(database, person.account) == clock.now()
        assert "最近一次进来" in door.http.get("/my/account/consents").text


def used_at(database: Database, account: UUID) -> datetime:
    with database.transaction(GATEWAY) as session:
        return session.execute(select(grants.c.used_at).where(grants.c.subject_id == account)).scalar_one()
