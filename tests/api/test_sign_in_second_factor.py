"""The code after the password: asked of all staff, and good for once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from services import clock
from services.database.transaction import Database
from services.gateway.models import sessions
from services.gateway.people import acr
from services.gateway.people.pending import LIFE
from tests.support.people import (
    GATEWAY,
    Browser,
    code_of,
    enrol_staff,
    gateway_over,
)

pytestmark = pytest.mark.usefixtures("private_people")


def test_sign_in_staff_with_code_is_signed_in_more_surely(application: Flask, database: Database) -> None:
    person = enrol_staff(database)
    browser = Browser(application)
    browser.give_password(person.username)
    answer = browser.give_code(code_of(person))
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/my/account").status_code == 200
    assert "工作台" in browser.get("/").text
    with database.transaction(GATEWAY) as session:
        found = session.execute(select(sessions).where(sessions.c.subject_id == person.account)).one()
    assert found.acr == acr.ONE_TIME_PASSWORD
    assert found.expires_at - found.started_at == timedelta(hours=10)


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567"])
def test_verify_code_that_is_none_is_refused_and_asked_again(
    application: Flask, database: Database, code: str
) -> None:
    person = enrol_staff(database)
    browser = Browser(application)
    browser.give_password(person.username)
    answer = browser.give_code(code)
    assert answer.status_code == 401
    assert 'name="otp"' in answer.text
    assert browser.submit(answer, "/sign-in/otp", otp=code_of(person)).status_code == 303


def test_verify_code_twice_is_refused(application: Flask, database: Database) -> None:
    person = enrol_staff(database)
    code = code_of(person)
    for expected in (303, 401):
        browser = Browser(application)
        browser.give_password(person.username)
        assert browser.give_code(code).status_code == expected


def test_verify_code_of_an_earlier_step_after_a_later_one_is_refused(
    application: Flask, database: Database
) -> None:
    person = enrol_staff(database)
    later, earlier = code_of(person), code_of(person, steps=-1)
    for code, expected in ((later, 303), (earlier, 401)):
        browser = Browser(application)
        browser.give_password(person.username)
        assert browser.give_code(code).status_code == expected


def test_verify_code_without_password_starts_over(application: Flask) -> None:
    browser = Browser(application)
    answer = browser.get("/sign-in/otp")
    assert answer.status_code == 401
    assert 'name="password"' in answer.text


def test_verify_code_after_too_long_starts_over(application: Flask, database: Database) -> None:
    person = enrol_staff(database)
    browser = Browser(application)
    browser.give_password(person.username)
    page = browser.get("/sign-in/otp")
    with clock.held(clock.now() + LIFE + timedelta(seconds=1)):
        answer = browser.submit(page, "/sign-in/otp", otp=code_of(person))
    assert answer.status_code == 401
    assert 'name="password"' in answer.text


def test_verify_code_in_another_browser_starts_over(application: Flask, database: Database) -> None:
    person = enrol_staff(database)
    first, second = Browser(application), Browser(application)
    first.give_password(person.username)
    assert second.get("/sign-in/otp").status_code == 401


def test_verify_code_at_the_sixth_mistake_in_production_waits(database: Database) -> None:
    person = enrol_staff(database)
    browser = Browser(gateway_over(database, policy="production"))
    browser.give_password(person.username)
    wrong = f"{(int(code_of(person)) + 1) % 1_000_000:06d}"
    answers = [browser.give_code(wrong) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "30"
    assert browser.give_code(code_of(person)).status_code == 429
    with clock.held(clock.now() + timedelta(seconds=31)):
        assert browser.give_code(code_of(person)).status_code == 303


def test_verify_code_in_parallel_has_one_winner(committed: Database) -> None:
    application = gateway_over(committed)
    person = enrol_staff(committed)
    browsers = [Browser(application) for _ in range(6)]
    for browser in browsers:
        browser.give_password(person.username)
    pages = [browser.get("/sign-in/otp") for browser in browsers]
    code = code_of(person)
    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].submit(pair[1], "/sign-in/otp", otp=code),
                zip(browsers, pages, strict=True),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [303, *[401] * 5]
