"""Passkeys: registered, shown instead of a password, named, removed; and everything that must not pass."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from services import clock
from services.database.transaction import Database
from services.gateway.models import accounts, passkeys, sessions
from services.gateway.people import acr
from services.gateway.people.challenges import LIFE
from services.gateway.people.passkeys import MOST
from tests.support.authenticator import SoftAuthenticator, decode, encode
from tests.support.passkeys import REGISTER, SIGN_IN, STEP_UP, options_of, register, show
from tests.support.people import (
    GATEWAY,
    Browser,
    Enrolled,
    enrol_resident,
    enrol_staff,
    forms_of,
    gateway_over,
)
from tests.support.privacy import PrivacyAlarm
from tests.support.texts import notices_of

NAME = "我的手机壳"


@pytest.fixture(autouse=True)
def _watched(privacy: PrivacyAlarm, private_people: None) -> None:
    privacy.watch(NAME)


@pytest.fixture
def person(database: Database) -> Enrolled:
    return enrol_resident(database)


@pytest.fixture
def browser(application: Flask, person: Enrolled) -> Browser:
    """The person's, signed in with the password."""
    made = Browser(application)
    made.sign_in(person)
    return made


@pytest.fixture
def key(browser: Browser) -> SoftAuthenticator:
    """A passkey of the person's."""
    made = SoftAuthenticator()
    assert register(browser, made, name=NAME).status_code == 201
    return made


def newest_session(database, account):
    with database.transaction(GATEWAY) as session:
        statement = select(sessions).where(sessions.c.subject_id == account, sessions.c.ended_at.is_(None))
        return session.execute(statement.order_by(sessions.c.started_at.desc()).limit(1)).one()


def test_register_keeps_what_the_authenticator_said_and_tells_the_owner(browser, database, person) -> None:
    assert register(browser, SoftAuthenticator(syncs=True), name=NAME).status_code == 201
    with database.transaction(GATEWAY) as session:
        found = session.execute(select(passkeys).where(passkeys.c.subject_id == person.account)).one()
    assert (found.is_user_verified, found.is_backup_eligible, found.is_backed_up) == (True, True, True)
    assert found.transports == ["internal"]
    assert NAME.encode() not in bytes(found.name_sealed)
    assert notices_of(database, person.account) == ["gateway.passkey_added"]
    assert NAME in browser.get("/my/account/security").text


def test_register_options_name_nobody_and_ask_for_a_discoverable_key(browser, person) -> None:
    options = options_of(browser, REGISTER)
    assert options["rp"]["id"] == "localhost"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    assert options["attestation"] == "none"
    handle = decode(options["user"]["id"])
    assert len(handle) == 32
    assert person.account.bytes not in handle
    assert person.username not in json.dumps(options)


def test_register_again_gives_the_same_user_handle_and_excludes_what_is_held(browser, key) -> None:
    options = options_of(browser, REGISTER)
    assert decode(options["user"]["id"]) == key.user_handle
    assert [one["id"] for one in options["excludeCredentials"]] == [encode(key.credential_id)]


@pytest.mark.parametrize(
    ("verifies", "syncs", "expected"),
    [
        (True, False, acr.PHISHING_RESISTANT_HARDWARE),
        (True, True, acr.PHISHING_RESISTANT),
        (False, False, acr.ONE_TIME_PASSWORD),
        (False, True, acr.ONE_TIME_PASSWORD),
    ],
)
def test_sign_in_is_as_sure_as_the_authenticators_flags(
    application, browser, database, person, verifies, syncs, expected
) -> None:
    key = SoftAuthenticator(verifies=verifies, syncs=syncs)
    register(browser, key)
    fresh = Browser(application)
    answer = show(fresh, key)
    assert (answer.status_code, answer.get_json()) == (200, {"next": "/"})
    assert fresh.get("/my/account").status_code == 200
    found = newest_session(database, person.account)
    assert found.acr == expected
    assert "pop" in found.amr
    assert ("mfa" in found.amr) == verifies
    assert ("hwk" in found.amr) == (expected == acr.PHISHING_RESISTANT_HARDWARE)


def test_sign_in_options_tell_nothing_and_make_no_row(application, key, database) -> None:
    options = options_of(Browser(application), SIGN_IN)
    assert options["allowCredentials"] == []
    assert options["userVerification"] == "preferred"
    assert options["rpId"] == "localhost"
    assert len(decode(options["challenge"])) >= 32
    assert options["timeout"] <= LIFE.total_seconds() * 1000


def test_sign_in_leads_to_the_page_first_wanted(application, key) -> None:
    browser = Browser(application)
    page = browser.get("/?next=/my/account/devices")
    wanted = next(form for form in forms_of(page.text) if form["action"] == "/sign-in")["fields"]["next"]
    credential = key.get(options_of(browser, SIGN_IN))
    answer = browser.send(SIGN_IN, {"credential": credential, "next": wanted})
    assert answer.get_json() == {"next": "/my/account/devices"}


def test_sign_in_without_a_user_handle_is_taken(application, key) -> None:
    browser = Browser(application)
    credential = key.get(options_of(browser, SIGN_IN))
    del credential["response"]["userHandle"]
    assert browser.send(SIGN_IN, credential).status_code == 200


HOW = {
    "origin": lambda key, options: key.get(options, origin="https://localhost.evil.example"),
    "framed": lambda key, options: key.get(options, crossOrigin=True),
    "rp": lambda key, options: key.copy(rp_id="evil.example").get(options),
    "signature": lambda key, options: key.copy(key=SoftAuthenticator().key).get(options),
    "type": lambda key, options: key.get(options, type="webauthn.create"),
    "unknown": lambda key, options: SoftAuthenticator(user_handle=key.user_handle).get(options),
    "handle": lambda key, options: key.get(options, handle=b"somebody else"),
    "backup flag": lambda key, options: key.copy(syncs=True).get(options),
    "challenge": lambda key, options: key.get(options, challenge=encode(b"x" * 80)),
    "absent": lambda key, options: without_presence(key.get(options)),
}


def without_presence(credential):
    data = bytearray(decode(credential["response"]["authenticatorData"]))
    data[32] &= ~0x01
    credential["response"]["authenticatorData"] = encode(bytes(data))
    return credential


def test_sign_in_that_does_not_hold_hears_the_same_whatever_is_wrong(application, key) -> None:
    said = set()
    for how, bent in HOW.items():
        browser = Browser(application)
        answer = browser.send(SIGN_IN, {"credential": bent(key, options_of(browser, SIGN_IN))})
        body = answer.get_json()
        body.pop("request_id")
        said.add((answer.status_code, json.dumps(body, sort_keys=True)))
        assert browser.cookie("citizen") is None, how
    assert {status for status, _ in said} == {401}
    assert len(said) == 1


def test_sign_in_with_a_challenge_that_came_before_is_refused(application, key) -> None:
    browser = Browser(application)
    options = options_of(browser, SIGN_IN)
    assert browser.send(SIGN_IN, key.get(options)).status_code == 200
    assert browser.send(SIGN_IN, key.get(options)).status_code == 401


def test_sign_in_that_failed_has_spent_its_challenge(application, key) -> None:
    browser = Browser(application)
    options = options_of(browser, SIGN_IN)
    assert browser.send(SIGN_IN, HOW["signature"](key, options)).status_code == 401
    assert browser.send(SIGN_IN, key.get(options)).status_code == 401


def test_sign_in_with_a_challenge_of_another_browser_is_refused(application, key) -> None:
    options = options_of(Browser(application), SIGN_IN)
    assert Browser(application).send(SIGN_IN, key.get(options)).status_code == 401


def test_sign_in_with_a_challenge_of_another_ceremony_is_refused(application, browser, key) -> None:
    options = options_of(browser, STEP_UP)
    assert browser.send(SIGN_IN, key.get(options)).status_code == 401


def test_sign_in_after_five_minutes_is_refused(application, key) -> None:
    browser = Browser(application)
    options = options_of(browser, SIGN_IN)
    with clock.held(clock.now() + LIFE + timedelta(seconds=1)):
        assert browser.send(SIGN_IN, key.get(options)).status_code == 401


def test_sign_in_with_a_counter_that_went_back_is_refused_and_told(
    application, key, database, person
) -> None:
    copy = key.copy()
    assert show(Browser(application), key).status_code == 200
    assert show(Browser(application), copy).status_code == 401
    assert "gateway.passkey_suspected" in notices_of(database, person.account)
    assert show(Browser(application), key).status_code == 200


def test_sign_in_with_a_counter_that_never_counts_is_taken_again(application, browser) -> None:
    key = SoftAuthenticator(counts=False, syncs=True)
    register(browser, key)
    for _ in range(2):
        assert show(Browser(application), key).status_code == 200


def test_sign_in_of_an_account_that_ended_is_refused(application, key, database, person) -> None:
    with database.transaction(GATEWAY) as session:
        session.execute(
            update(accounts).where(accounts.c.subject_id == person.account).values(ended_at=session.at)
        )
    assert show(Browser(application), key).status_code == 401


def test_sign_in_passes_while_the_password_waits_and_leaves_the_wait_alone(database, person) -> None:
    application = gateway_over(database, policy="production")
    owner = Browser(application)
    owner.sign_in(person)
    key = SoftAuthenticator()
    register(owner, key)
    stranger = Browser(application, address="192.0.2.9")
    for _ in range(6):
        stranger.give_password(person.username, "wrong password")
    assert show(Browser(application), key).status_code == 200
    for _ in range(8):
        assert show(Browser(application), SoftAuthenticator()).status_code == 401
    assert show(Browser(application), key).status_code == 200
    assert Browser(application).give_password(person.username).status_code == 429


def test_sign_in_in_parallel_with_one_challenge_has_one_winner(committed: Database) -> None:
    application = gateway_over(committed)
    browser = Browser(application)
    browser.sign_in(enrol_resident(committed))
    key = SoftAuthenticator(counts=False, syncs=True)
    register(browser, key)
    visitor = Browser(application)
    answered = key.get(options_of(visitor, SIGN_IN))
    cookie = visitor.cookie("citizen_browser")

    def send(_: int) -> int:
        other = Browser(application)
        other.http.set_cookie("citizen_browser", cookie)
        return other.send(SIGN_IN, answered).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(8))) == [200] + [401] * 7


def test_register_a_passkey_that_is_held_is_refused(application, key, database) -> None:
    other = Browser(application)
    other.sign_in(enrol_resident(database))
    assert register(other, key.copy()).status_code == 409
    assert show(Browser(application), key).status_code == 200


@pytest.mark.parametrize("how", ["origin", "rp", "challenge", "type", "framed"])
def test_register_what_does_not_hold_is_refused(browser, database, person, how) -> None:
    options = options_of(browser, REGISTER)
    key = SoftAuthenticator()
    bends = {
        "origin": {"origin": "https://evil.example"},
        "challenge": {"challenge": encode(b"y" * 80)},
        "type": {"type": "webauthn.get"},
        "framed": {"crossOrigin": True},
    }
    made = (
        key.copy(rp_id="evil.example").create(options) if how == "rp" else key.create(options, **bends[how])
    )
    answer = browser.send(REGISTER, {"credential": made})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "gateway.passkey_not_taken")
    with database.transaction(GATEWAY) as session:
        found = session.execute(select(passkeys).where(passkeys.c.subject_id == person.account))
        assert found.first() is None


def test_register_with_a_challenge_of_another_session_is_refused(application, browser, person) -> None:
    other = Browser(application)
    other.sign_in(person)
    made = SoftAuthenticator().create(options_of(other, REGISTER))
    assert browser.send(REGISTER, {"credential": made}).status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400),
        ({}, 400),
        ({"credential": "x"}, 400),
        ({"credential": {"response": []}}, 400),
        ({"credential": {"response": {}}}, 401),
        ({"credential": {"rawId": 7, "id": None, "response": {"clientDataJSON": 7}}}, 401),
        ({"credential": {"rawId": "é", "response": {"clientDataJSON": "e30"}}}, 401),
    ],
)
def test_sign_in_with_a_body_that_is_no_answer_is_refused_in_words(application, body, status) -> None:
    answer = Browser(application).send(SIGN_IN, body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


@pytest.mark.parametrize("place", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("junk", ["", "AA", "////", "gICA", encode(b"\xbf" * 40), encode(b'{"a":1}')])
def test_sign_in_with_junk_inside_is_refused(application, key, place, junk) -> None:
    browser = Browser(application)
    credential = key.get(options_of(browser, SIGN_IN))
    credential["response"][place] = junk
    assert browser.send(SIGN_IN, {"credential": credential}).status_code == 401


@pytest.mark.parametrize(
    "junk", ["", "AA", "////", encode(b"\xbf" * 40), encode(b"\x9f" * 3000), encode(b"\xa0")]
)
def test_register_with_junk_inside_is_refused(browser, junk) -> None:
    made = SoftAuthenticator().create(options_of(browser, REGISTER))
    made["response"]["attestationObject"] = junk
    assert browser.send(REGISTER, {"credential": made}).status_code == 422


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_ceremony_that_another_site_begins_is_refused(browser, headers) -> None:
    for ceremony in (REGISTER, SIGN_IN, STEP_UP):
        assert browser.send(f"{ceremony}/options", {}, **headers).status_code == 403


def test_ceremony_begins_without_a_body_too(application) -> None:
    assert Browser(application).post(f"{SIGN_IN}/options").status_code == 200
    assert Browser(application).post(SIGN_IN).status_code == 400


def test_ceremony_as_a_form_is_refused(browser) -> None:
    assert browser.post(f"{REGISTER}/options", a="b").status_code == 415


def test_register_signed_out_is_refused_without_a_page(application) -> None:
    answer = Browser(application).send(f"{REGISTER}/options", {})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "gateway.sign_in_needed")


def test_register_long_after_the_sign_in_asks_again(application, browser) -> None:
    with clock.held(clock.now() + timedelta(minutes=16)):
        answer = browser.send(f"{REGISTER}/options", {})
        assert answer.get_json()["code"] == "gateway.step_up_needed"
        assert "again=1" in browser.get("/my/account/passkeys/new").location


def test_register_by_whoever_only_knows_the_password_is_refused_once_there_is_a_passkey(
    application, key, person
) -> None:
    thief = Browser(application)
    with clock.held(clock.now() + timedelta(minutes=1)):
        thief.sign_in(person)
        assert thief.send(f"{REGISTER}/options", {}).get_json()["code"] == "gateway.step_up_needed"
        assert show(thief, key, STEP_UP).status_code == 200
        assert register(thief, SoftAuthenticator()).status_code == 201


def test_register_more_than_anybody_needs_is_refused(browser) -> None:
    for _ in range(MOST):
        assert register(browser, SoftAuthenticator()).status_code == 201
    assert browser.send(f"{REGISTER}/options", {}).get_json()["code"] == "gateway.too_many_passkeys"


def remove(browser):
    page = browser.get("/my/account/security")
    link = page.text.split("/remove")[0].rsplit("/", 1)[1]
    return browser.submit(
        browser.get(f"/my/account/passkeys/{link}/remove"), f"/my/account/passkeys/{link}/remove"
    )


def test_remove_stops_the_passkey_and_tells_the_owner(application, browser, key, database, person) -> None:
    assert remove(browser).location == "/my/account/security"
    assert show(Browser(application), key).status_code == 401
    assert sorted(notices_of(database, person.account)) == [
        "gateway.passkey_added",
        "gateway.passkey_removed",
    ]
    assert register(browser, key).status_code == 201


def test_remove_of_another_accounts_passkey_is_not_found(application, key, database) -> None:
    other = Browser(application)
    other.sign_in(enrol_resident(database))
    with database.transaction(GATEWAY) as session:
        passkey = session.execute(
            select(passkeys.c.id).where(passkeys.c.credential_id == key.credential_id)
        ).scalar()
    assert other.get(f"/my/account/passkeys/{passkey}/remove").status_code == 404
    assert other.get(f"/my/account/passkeys/{uuid4()}/remove").status_code == 404
    assert show(Browser(application), key).status_code == 200


def test_remove_the_last_way_in_is_refused(browser, key, database, person) -> None:
    with database.transaction(GATEWAY) as session:
        session.execute(
            update(accounts).where(accounts.c.subject_id == person.account).values(password_hash="")
        )
    assert remove(browser).status_code == 409


def test_sign_in_of_staff_takes_a_passkey_that_verified_its_user(application, database) -> None:
    person = enrol_staff(database)
    browser = Browser(application)
    browser.sign_in(person)
    sure, unsure = SoftAuthenticator(), SoftAuthenticator(verifies=False)
    register(browser, sure)
    register(browser, unsure)
    assert show(Browser(application), sure).status_code == 200
    refused = Browser(application)
    answer = show(refused, unsure)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "gateway.passkey_needs_password")
    assert refused.cookie("citizen") is None
    refused.give_password(person.username)
    assert show(refused, unsure).status_code == 200
    assert newest_session(database, person.account).acr == acr.PHISHING_RESISTANT


def test_passkey_endpoints_are_where_password_managers_look(application) -> None:
    answer = Browser(application).get("/.well-known/passkey-endpoints")
    assert answer.get_json() == {
        "enroll": "http://localhost:8000/my/account/passkeys/new",
        "manage": "http://localhost:8000/my/account/security",
    }


def test_sign_in_page_works_without_script_and_hides_what_needs_one(application) -> None:
    page = Browser(application).get("/")
    assert 'data-passkey="get"' in page.text
    assert " hidden>" in page.text
