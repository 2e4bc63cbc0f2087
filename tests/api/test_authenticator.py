"""A resident's own code: set up, asked for, printed spares, taken off; each counted apart."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from services import clock
from services.database.transaction import Database
from services.gateway.models import accounts, recovery_codes, sessions
from services.gateway.people import acr
from tests.support.people import (
    GATEWAY,
    Browser,
    Enrolled,
    code_of,
    enrol_resident,
    enrol_staff,
    gateway_over,
)
from tests.support.texts import notices_of

pytestmark = pytest.mark.usefixtures("private_people")

NEW = "/my/account/code/new"
CODES = "/my/account/recovery-codes"
OTHER = "ABCD-EFGH-JKMN"


@pytest.fixture
def person(database: Database) -> Enrolled:
    return enrol_resident(database)


@pytest.fixture
def browser(application: Flask, person: Enrolled) -> Browser:
    made = Browser(application)
    made.sign_in(person)
    return made


def secret_of(page):
    return re.search(r'<strong class="code">([A-Z2-7 ]+)</strong>', page.text).group(1).replace(" ", "")


def codes_on(page):
    return re.findall(r'<strong class="code">([0-9A-Z-]{14})</strong>', page.text)


def set_up(browser, person):
    """The person with an authenticator, and the printed codes."""
    page = browser.get(NEW)
    secret = secret_of(page)
    answer = browser.submit(page, NEW, otp=pyotp.TOTP(secret).at(clock.now()))
    assert answer.status_code == 200, answer.text
    return Enrolled(person.account, person.username, secret), codes_on(answer)


def test_set_up_shows_picture_and_text_and_asks_from_then_on(application, browser, database, person) -> None:
    page = browser.get(NEW)
    assert "<svg" in page.text
    assert "style=" not in page.text
    secure, codes = set_up(browser, person)
    assert len(set(codes)) == 10
    assert notices_of(database, person.account) == ["gateway.code_set"]
    with database.transaction(GATEWAY) as session:
        row = session.execute(select(accounts).where(accounts.c.subject_id == person.account)).one()
        kept = session.execute(select(recovery_codes.c.digest)).scalars().all()
    assert secure.secret.encode() not in bytes(row.totp_sealed)
    assert not any(code.replace("-", "").encode() in bytes(digest) for code in codes for digest in kept)
    fresh = Browser(application)
    assert fresh.give_password(person.username).location == "/sign-in/otp"
    assert fresh.give_code(code_of(secure)).status_code == 401  # spent by the set-up
    assert fresh.give_code(code_of(secure, steps=1)).status_code == 303
    with database.transaction(GATEWAY) as session:
        found = session.execute(
            select(sessions.c.acr, sessions.c.amr).where(sessions.c.subject_id == person.account)
        ).all()
    assert (acr.ONE_TIME_PASSWORD, ["pwd", "otp", "mfa"]) in [tuple(row) for row in found]


def test_set_up_with_a_wrong_code_keeps_the_same_secret(browser, database, person) -> None:
    page = browser.get(NEW)
    again = browser.submit(page, NEW, otp="000000")
    assert again.status_code == 401
    assert secret_of(again) == secret_of(page)
    assert browser.submit(again, NEW, otp=pyotp.TOTP(secret_of(page)).at(clock.now())).status_code == 200


def test_set_up_with_anothers_or_an_old_secret_is_refused(application, browser, database) -> None:
    other = Browser(application)
    other.sign_in(enrol_resident(database))
    page = other.get(NEW)
    code = pyotp.TOTP(secret_of(page)).at(clock.now())
    foreign = re.search(r'name="secret" value="([^"]+)"', page.text).group(1)
    assert browser.submit(browser.get(NEW), NEW, secret=foreign, otp=code).status_code == 409
    assert browser.submit(browser.get(NEW), NEW, secret="made up", otp=code).status_code == 409


def test_set_up_twice_is_refused(browser, person) -> None:
    set_up(browser, person)
    assert browser.get(NEW).location.startswith("/step-up")


def test_printed_code_signs_in_once_and_is_told(application, browser, database, person) -> None:
    _, codes = set_up(browser, person)
    for typed, expected in ((codes[0], 303), (codes[0], 401), (codes[1].lower().replace("-", " "), 303)):
        fresh = Browser(application)
        fresh.give_password(person.username)
        assert fresh.give_code(typed).status_code == expected
    assert notices_of(database, person.account).count("gateway.recovery_code_used") == 2
    assert "还剩 8 个" in browser.get("/my/account/security").text


def test_printed_code_of_another_account_is_refused(application, browser, database, person) -> None:
    _, codes = set_up(browser, person)
    other, fresh = Browser(application), Browser(application)
    stranger = enrol_resident(database)
    other.sign_in(stranger)
    set_up(other, stranger)
    fresh.give_password(stranger.username)
    assert fresh.give_code(codes[0]).status_code == 401


def test_printed_code_in_parallel_has_one_winner(committed: Database) -> None:
    application = gateway_over(committed)
    person = enrol_resident(committed)
    browser = Browser(application)
    browser.sign_in(person)
    _, codes = set_up(browser, person)
    browsers = [Browser(application) for _ in range(6)]
    for one in browsers:
        one.give_password(person.username)
    pages = [one.get("/sign-in/otp") for one in browsers]
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].submit(pair[1], "/sign-in/otp", otp=codes[3]).status_code,
                zip(browsers, pages, strict=True),
            )
        )
    assert sorted(answers) == [303] + [401] * 5


def test_mistakes_with_printed_codes_and_with_the_authenticator_are_counted_apart(database, person) -> None:
    application = gateway_over(database, policy="production")
    owner = Browser(application)
    owner.sign_in(person)
    secure, codes = set_up(owner, person)
    browser = Browser(application)
    browser.give_password(person.username)
    assert [browser.give_code(OTHER).status_code for _ in range(6)] == [401] * 5 + [429]
    assert browser.give_code(codes[0]).status_code == 429
    assert browser.give_code(code_of(secure, steps=1)).status_code == 303


def test_new_set_of_printed_codes_voids_the_old(application, browser, database, person) -> None:
    secure, old = set_up(browser, person)
    sure = Browser(application)
    sure.give_password(person.username)
    sure.give_code(code_of(secure, steps=1))
    page = sure.get(CODES)
    assert codes_on(page) == []
    new = codes_on(sure.submit(page, CODES))
    assert len(new) == 10
    assert not set(new) & set(old)
    for code, expected in ((old[0], 401), (new[0], 303)):
        fresh = Browser(application)
        fresh.give_password(person.username)
        assert fresh.give_code(code).status_code == expected


def test_remove_asks_for_a_code_first_and_tells_the_owner(application, browser, database, person) -> None:
    secure, codes = set_up(browser, person)
    answer = browser.get("/my/account/code/remove")
    page = browser.get(answer.location)
    assert browser.submit(page, "/step-up", otp=codes[0]).location == "/my/account/code/remove"
    page = browser.get("/my/account/code/remove")
    assert browser.submit(page, "/my/account/code/remove").status_code == 303
    assert "gateway.code_removed" in notices_of(database, person.account)
    fresh = Browser(application)
    assert fresh.give_password(person.username).location == "/"
    del secure


def test_remove_by_staff_is_refused(application, database) -> None:
    browser = Browser(application)
    browser.sign_in(enrol_staff(database))
    page = browser.get("/my/account/code/remove")
    assert browser.submit(page, "/my/account/code/remove").status_code == 409
    assert "停用验证码" not in browser.get("/my/account/security").text


def test_printed_codes_without_an_authenticator_are_refused(browser) -> None:
    assert browser.submit(browser.get(CODES), CODES).status_code == 409


def test_set_up_long_after_the_sign_in_asks_to_sign_in_again(browser) -> None:
    with clock.held(clock.now() + timedelta(minutes=16)):
        answer = browser.get(NEW)
        assert answer.status_code == 303
        assert "again" in answer.location
