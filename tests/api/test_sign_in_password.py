"""Signing in with a password: who gets in, what everybody else hears, and where it leads."""

import re
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from services.actor import system
from services.audit.models import events
from services.database.roles import Role
from services.database.session import Opening
from services.database.transaction import Database
from services.gateway.clients import create_client
from services.gateway.models import accounts, attempts, sessions
from services.gateway.people import acr, passwords
from tests.support.people import (
    CHEAP,
    GATEWAY,
    PASSWORD,
    Browser,
    enrol_resident,
    enrol_staff,
    gateway_over,
    new_id_number,
    new_phone,
)
from tests.support.privacy import PrivacyAlarm

pytestmark = pytest.mark.usefixtures("private_people")


def test_sign_in_resident_by_id_number_opens_home(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    browser = Browser(application)
    answer = browser.give_password(person.username)
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/").status_code == 200
    assert 'action="/sign-in"' not in browser.get("/").text


@pytest.mark.parametrize("typed", ["{0}", "{1}", "+86 {1}"])
def test_sign_in_by_any_number_of_theirs_is_the_same_person(
    application: Flask, database: Database, typed: str
) -> None:
    phone = new_phone()
    person = enrol_resident(database, phone=phone)
    answer = Browser(application).give_password(typed.format(person.username.lower(), phone))
    assert answer.status_code == 303
    with database.transaction(GATEWAY) as session:
        found = session.execute(select(sessions).where(sessions.c.subject_id == person.account)).one()
    assert found.acr == acr.PASSWORD


def test_sign_in_wrong_password_and_unknown_person_hear_the_same(
    application: Flask, database: Database
) -> None:
    person = enrol_resident(database)
    known = Browser(application).give_password(person.username, "wrong password")
    unknown = Browser(application).give_password(new_id_number(), "wrong password")
    assert known.status_code == unknown.status_code == 401
    assert _without_sealed(known.text) == _without_sealed(unknown.text)
    assert {name for name, _ in known.headers} == {name for name, _ in unknown.headers}
    assert "wrong password" not in known.text


def _without_sealed(html: str) -> str:
    """The page without what its fields hold: sealed references, and the number as it was typed."""
    return re.sub(r'value="[^"]*"', "", html)


def test_sign_in_refused_outlasts_the_answer_and_is_audited(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    Browser(application).give_password(person.username, "wrong password")
    Browser(application).give_password(new_id_number(), "wrong password")
    with database.transaction(Opening(role=Role.VERIFIER)) as session:
        refused = session.execute(
            select(events.c.subject_id, events.c.account_id).where(
                events.c.event == "gateway.session.refused"
            )
        ).all()
    assert (person.account, None) in [tuple(row) for row in refused]
    assert (None, None) in [tuple(row) for row in refused]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"username": "", "password": ""},
        {"username": "a\ud7ff" * 5000, "password": "x" * 5000},
        {"username": "' OR 1=1 --", "password": "' OR 1=1 --"},
        {"username": "admin", "password": "\u0000"},
    ],
)
def test_sign_in_with_nonsense_is_only_refused(application: Flask, fields: dict[str, str]) -> None:
    browser = Browser(application)
    page = browser.get("/sign-in")
    assert browser.submit(page, "/sign-in", **fields).status_code in {400, 401}


def test_sign_in_without_a_form_of_ours_is_refused_and_the_page_comes_again(
    application: Flask, database: Database
) -> None:
    person = enrol_resident(database)
    browser = Browser(application)
    answer = browser.post("/sign-in", username=person.username, password=PASSWORD)
    assert answer.status_code == 403
    assert browser.submit(answer, "/sign-in", username=person.username, password=PASSWORD).status_code == 303


def test_sign_in_child_without_account_is_refused(application: Flask, database: Database) -> None:
    person = enrol_resident(database, password=None)
    assert Browser(application).give_password(person.username, "").status_code == 401


def test_sign_in_ended_account_is_refused(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    with database.transaction(GATEWAY) as session:
        ended = accounts.update().where(accounts.c.subject_id == person.account).values(ended_at=session.at)
        session.execute(ended)
    assert Browser(application).give_password(person.username).status_code == 401


def test_sign_in_leads_to_the_page_first_wanted(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    browser = Browser(application)
    sent = browser.get("/my/account/devices")
    assert sent.status_code == 303
    page = browser.get(sent.location)
    answer = browser.submit(page, "/sign-in", username=person.username, password=PASSWORD)
    assert answer.location == "/my/account/devices"


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example/x", "https://evil.example", "/\\evil.example", "/\t/evil.example", "evil.example"],
)
def test_sign_in_never_leads_off_this_origin(application: Flask, database: Database, wanted: str) -> None:
    person = enrol_resident(database)
    answer = Browser(application).give_password(person.username, next_page=f"next={quote(wanted)}")
    assert answer.status_code == 303
    assert urlsplit(answer.location).netloc == ""
    assert answer.location == "/"


def test_sign_in_next_page_given_in_clear_is_not_believed(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    browser = Browser(application)
    answer = browser.submit(
        browser.get("/sign-in"),
        "/sign-in",
        username=person.username,
        password=PASSWORD,
        next="https://evil.example",
    )
    assert answer.location == "/"


def test_sign_in_for_a_client_lets_the_form_end_there_and_only_there(
    application: Flask, database: Database
) -> None:
    with database.transaction(GATEWAY) as session:
        made = create_client(
            session,
            system("test"),
            catalogue=application.extensions["citizen_catalogue"],
            name="安康药房",
            auth_method="none",
            grants=["authorization_code"],
            scopes=["openid"],
            redirect_uris=["https://client.example/callback"],
        )
    request = f"/oauth/authorize?client_id={made.client.client_id}&redirect_uri="
    for uri, is_let in (("https://client.example/callback", True), ("https://evil.example/", False)):
        page = Browser(application).get(f"/?next={quote(request + quote(uri, safe=''), safe='')}")
        policy = page.headers["Content-Security-Policy"]
        assert ("form-action 'self' https://client.example;" in policy) is is_let
        assert "evil.example" not in policy


def test_sign_in_after_parameters_changed_stores_a_new_hash(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    stronger = passwords.Parameters(memory_kib=CHEAP.memory_kib * 2, passes=1, longest_wait=10)
    with passwords.held(stronger) as keeper:
        assert Browser(application).give_password(person.username).status_code == 303
        with database.transaction(GATEWAY) as session:
            stored = session.execute(
                select(accounts.c.password_hash).where(accounts.c.subject_id == person.account)
            ).scalar_one()
        assert not keeper.needs_rehash(stored)
        assert keeper.verify(stored, PASSWORD)


def test_sign_in_with_every_place_taken_asks_to_come_back(application: Flask, database: Database) -> None:
    person = enrol_resident(database)
    with passwords.held(passwords.Parameters(memory_kib=8, passes=1, longest_wait=0.01)) as keeper:
        for _ in range(2):
            keeper._places.acquire()
        answer = Browser(application).give_password(person.username)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


def test_sign_in_sets_cookies_that_scripts_and_other_sites_do_not_get(
    application: Flask, database: Database
) -> None:
    person = enrol_resident(database)
    answer = Browser(application).give_password(person.username)
    lines = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("citizen")]
    assert {line.split("=")[0] for line in lines} >= {"citizen", "citizen_device"}
    assert all("HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line for line in lines)
    assert all("Secure" not in line for line in lines)
    assert person.username not in str(lines)


def test_sign_in_over_https_sets_host_cookies_and_reads_no_other(database: Database) -> None:
    application = gateway_over(database, base_url="https://citizen.example")
    person = enrol_resident(database)
    browser = Browser(application)
    answer = browser.give_password(person.username)
    lines = [line for line in answer.headers.getlist("Set-Cookie") if "citizen" in line]
    assert {line.split("=")[0] for line in lines} == {"__Host-citizen", "__Host-citizen_device"}
    assert all("Secure" in line and "HttpOnly" in line and "Domain" not in line for line in lines)
    assert browser.get("/my/account").status_code == 200
    value = lines[0].split(";")[0].split("=", 1)[1]
    tossed = Browser(application)
    tossed.http.set_cookie("citizen", value, domain="citizen.example")
    assert tossed.get("/my/account").status_code == 303


def test_sign_in_leaves_neither_password_nor_number_behind(
    application: Flask, database: Database, privacy: PrivacyAlarm
) -> None:
    person = enrol_resident(database)
    privacy.watch(person.username)
    browser = Browser(application)
    browser.give_password(person.username, "wrong password")
    browser.give_password(person.username)
    with database.transaction(Opening(role=Role.VERIFIER)) as session:
        leaves = [bytes(leaf) for leaf in session.execute(select(events.c.leaf)).scalars()]
    with database.transaction(GATEWAY) as session:
        rows = [str(tuple(row)) for row in session.execute(select(attempts))]
    told = b"".join(leaves) + "".join(rows).encode()
    assert person.username.encode() not in told
    assert PASSWORD.encode() not in told


def test_sign_in_page_speaks_english_where_asked(application: Flask) -> None:
    page = Browser(application, language="en-GB").get("/")
    assert "Sign in" in page.text
    assert "登录" not in page.text


def test_sign_in_staff_with_password_alone_is_not_signed_in(application: Flask, database: Database) -> None:
    person = enrol_staff(database)
    browser = Browser(application)
    answer = browser.give_password(person.username)
    assert answer.location == "/sign-in/otp"
    assert browser.cookie("citizen") is None
    assert browser.get("/my/account").status_code == 303
