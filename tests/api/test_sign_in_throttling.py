"""Guessing is slowed down, and nobody is kept out of their own account by it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from services import clock
from services.database.transaction import Database
from services.gateway.people.throttle import PASSWORD_ADDRESS, POLICIES
from tests.support.people import (
    Browser,
    enrol_resident,
    gateway_over,
    new_id_number,
)

pytestmark = pytest.mark.usefixtures("private_people")

WRONG = "wrong password"


@pytest.fixture
def application(database: Database) -> Flask:
    return gateway_over(database, policy="production")


def test_sign_in_at_the_sixth_mistake_waits_and_says_how_long(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    browser = Browser(application, address="198.51.100.1")
    answers = [browser.give_password(person.username, WRONG) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "30"
    assert "30" in answers[-1].text
    assert 'name="password"' in answers[-1].text


def test_sign_in_five_mistakes_do_not_stop_the_right_password(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    browser = Browser(application, address="198.51.100.2")
    for _ in range(2):
        for _ in range(5):
            assert browser.give_password(person.username, WRONG).status_code == 401
        assert browser.give_password(person.username).status_code == 303
        browser = Browser(application, address="198.51.100.2")


def test_sign_in_while_waiting_is_refused_even_if_right_and_allowed_after(
    application: Flask, database: Database
) -> None:
    person = enrol_resident(database)
    attacker = Browser(application, address="198.51.100.3")
    for _ in range(6):
        attacker.give_password(person.username, WRONG)
    stranger = Browser(application, address="198.51.100.4")
    assert stranger.give_password(person.username).status_code == 429
    with clock.held(clock.now() + timedelta(seconds=31)):
        assert stranger.give_password(person.username).status_code == 303


def test_sign_in_waits_double_with_every_further_mistake(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    browser = Browser(application, address="198.51.100.5")
    for _ in range(5):
        browser.give_password(person.username, WRONG)
    found, at = [], clock.now()
    for _ in range(3):
        with clock.held(at):
            wait = int(browser.give_password(person.username, WRONG).headers["Retry-After"])
        found.append(wait)
        at += timedelta(seconds=wait)
    assert found == [30, 60, 120]


def test_sign_in_unknown_person_waits_like_a_known_one(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    stories = []
    for number, username in ((6, person.username), (7, new_id_number())):
        browser = Browser(application, address=f"198.51.100.{number}")
        answers = [browser.give_password(username, WRONG) for _ in range(8)]
        stories.append([(answer.status_code, answer.headers.get("Retry-After")) for answer in answers])
    assert stories[0] == stories[1]


def test_sign_in_on_a_known_device_passes_while_a_stranger_hammers(
    application: Flask, database: Database
) -> None:
    person = enrol_resident(database)
    owner = Browser(application, address="198.51.100.8")
    owner.sign_in(person)
    owner.submit(owner.get("/my/account"), "/sign-out")
    # The stranger even shares the owner's address.
    stranger = Browser(application, address="198.51.100.8")
    for _ in range(10):
        stranger.give_password(person.username, WRONG)
    assert stranger.give_password(person.username).status_code == 429
    assert owner.give_password(person.username).status_code == 303


def test_sign_in_on_a_known_device_is_slowed_by_its_own_mistakes(
    application: Flask, database: Database
) -> None:
    person = enrol_resident(database)
    thief = Browser(application, address="198.51.100.9")
    thief.sign_in(person)
    thief.submit(thief.get("/my/account"), "/sign-out")
    answers = [thief.give_password(person.username, WRONG) for _ in range(6)]
    assert answers[-1].status_code == 429


def test_sign_in_known_device_of_another_account_counts_as_a_stranger(
    application: Flask, database: Database
) -> None:
    victim, attacker = enrol_resident(database), enrol_resident(database)
    browser = Browser(application, address="198.51.100.10")
    browser.sign_in(attacker)
    browser.submit(browser.get("/my/account"), "/sign-out")
    for _ in range(6):
        answer = browser.give_password(victim.username, WRONG)
    assert answer.status_code == 429
    assert Browser(application, address="198.51.100.11").give_password(victim.username).status_code == 429


def test_sign_in_many_names_from_one_address_wait_as_an_address(
    application: Flask, database: Database
) -> None:
    free = POLICIES["production"][PASSWORD_ADDRESS].waits.count(0)
    browser = Browser(application, address="198.51.100.12")
    answers = [browser.give_password(new_id_number(), WRONG) for _ in range(free + 1)]
    assert [answer.status_code for answer in answers] == [401] * free + [429]
    person = enrol_resident(database)
    assert browser.give_password(person.username).status_code == 429
    assert Browser(application, address="198.51.100.13").give_password(person.username).status_code == 303


def test_sign_in_with_many_guesses_at_once_reveals_no_more_than_in_a_row(committed: Database) -> None:
    application = gateway_over(committed, policy="production")
    person = enrol_resident(committed)
    browsers = [Browser(application, address=f"203.0.113.{number}") for number in range(12)]
    pages = [browser.get("/sign-in") for browser in browsers]

    def guess(number: int) -> int:
        fields = {"username": person.username, "password": f"{WRONG} {number}"}
        return browsers[number].submit(pages[number], "/sign-in", **fields).status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(guess, range(len(browsers))))
    assert answers.count(401) == 5
    assert answers.count(429) == 7
