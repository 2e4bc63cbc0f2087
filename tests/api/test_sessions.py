"""Page sessions: a new one at each sign-in, gone everywhere at once when they end; consents withdrawn."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import insert, select

from services import clock, ids
from services.database.transaction import Database
from services.gateway.models import consents, grants, sessions
from services.gateway.people.session_cookie import read_cookie
from tests.support.people import (
    GATEWAY,
    PASSWORD,
    Browser,
    Enrolled,
    enrol_child,
    enrol_resident,
    enrol_staff,
    forms_of,
    gateway_over,
)

pytestmark = pytest.mark.usefixtures("private_people")


@pytest.fixture
def person(database: Database) -> Enrolled:
    return enrol_resident(database)


def session_of(application: Flask, browser: Browser) -> UUID:
    """The id of the session in a browser's cookie."""
    keys = application.extensions["citizen_database"].keys
    with application.test_request_context(
        "/", headers={"Cookie": f"citizen={browser.cookie('citizen')}"}
    ) as context:
        page = read_cookie(context.request, keys)
    assert page is not None
    return page.session


def add_grant(
    database: Database, person: Enrolled, session_id: UUID, *scopes: str, client_id: str = "c-test"
) -> tuple[UUID, UUID]:
    """A consent with one grant, as the authorization endpoint leaves them."""
    consent, grant = ids.new_id(), ids.new_id()
    with database.transaction(GATEWAY) as session:
        shared: dict[str, Any] = {
            "subject_id": person.account,
            "client_id": client_id,
            "for_subject_id": person.account,
            "relation": "self",
            "scopes": list(scopes),
            "given_at": session.at,
        }
        session.execute(insert(consents), {**shared, "id": consent})
        about = {"acr": "x", "auth_time": session.at, "expires_at": session.at + timedelta(days=1)}
        session.execute(
            insert(grants), {**shared, **about, "id": grant, "consent_id": consent, "session_id": session_id}
        )
    return consent, grant


def is_revoked(database: Database, person: Enrolled, grant: UUID) -> bool:
    with database.transaction(GATEWAY) as session:
        row = session.execute(
            select(grants.c.revoked_at).where(grants.c.subject_id == person.account, grants.c.id == grant)
        ).one()
    return row.revoked_at is not None


def test_start_session_at_each_sign_in_is_a_new_one_and_ends_the_old(
    application: Flask, person: Enrolled
) -> None:
    browser, thief = Browser(application), Browser(application)
    browser.sign_in(person)
    before = session_of(application, browser)
    thief.http.set_cookie("citizen", browser.cookie("citizen") or "")
    assert thief.get("/my/account").status_code == 200
    browser.submit(browser.get("/?again=1"), "/sign-in", username=person.username, password=PASSWORD)
    assert session_of(application, browser) != before
    assert thief.get("/my/account").status_code == 303


def test_start_session_again_hands_the_grants_over(
    application: Flask, database: Database, person: Enrolled
) -> None:
    browser = Browser(application)
    browser.sign_in(person)
    _, grant = add_grant(database, person, session_of(application, browser), "openid")
    browser.submit(browser.get("/?again=1"), "/sign-in", username=person.username, password=PASSWORD)
    assert not is_revoked(database, person, grant)
    browser.submit(browser.get("/my/account"), "/sign-out")
    assert is_revoked(database, person, grant)


def test_start_session_of_somebody_else_ends_the_first_persons_grants(
    application: Flask, database: Database, person: Enrolled
) -> None:
    browser = Browser(application)
    browser.sign_in(person)
    _, grant = add_grant(database, person, session_of(application, browser), "openid")
    other = enrol_resident(database)
    browser.submit(browser.get("/?again=1"), "/sign-in", username=other.username, password=PASSWORD)
    assert is_revoked(database, person, grant)


def test_end_session_signs_out_and_a_copied_cookie_is_dead_at_once(
    application: Flask, person: Enrolled
) -> None:
    browser, copy = Browser(application), Browser(application)
    browser.sign_in(person)
    copy.http.set_cookie("citizen", browser.cookie("citizen") or "")
    answer = browser.submit(browser.get("/my/account"), "/sign-out")
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.cookie("citizen") is None
    sent = copy.get("/my/account")
    assert sent.status_code == 303
    page = copy.get(sent.location)
    assert (page.status_code, 'name="password"' in page.text) == (200, True)
    assert copy.cookie("citizen") is None


def test_end_session_leaves_what_may_go_on_unattended(
    application: Flask, database: Database, person: Enrolled
) -> None:
    browser = Browser(application)
    browser.sign_in(person)
    place = session_of(application, browser)
    _, attended = add_grant(database, person, place, "openid")
    _, unattended = add_grant(database, person, place, "openid", "offline_access")
    browser.submit(browser.get("/my/account"), "/sign-out")
    assert is_revoked(database, person, attended)
    assert not is_revoked(database, person, unattended)


def test_end_session_of_another_device_ends_it_with_all_its_grants(
    application: Flask, database: Database, person: Enrolled
) -> None:
    here, lost = Browser(application), Browser(application)
    here.sign_in(person)
    lost.sign_in(person)
    place = session_of(application, lost)
    _, unattended = add_grant(database, person, place, "openid", "offline_access")
    answer = here.submit(here.get("/my/account/devices"), f"/my/account/devices/{place}/end")
    assert (answer.status_code, answer.location) == (303, "/my/account/devices")
    assert lost.get("/my/account").status_code == 303
    assert is_revoked(database, person, unattended)
    assert here.get("/my/account").status_code == 200


def test_end_session_of_somebody_else_is_not_found(
    application: Flask, database: Database, person: Enrolled
) -> None:
    here, other = Browser(application), Browser(application)
    here.sign_in(person)
    other.sign_in(enrol_resident(database))
    place = session_of(application, other)
    page = here.get("/my/account/devices")
    own = f"/my/account/devices/{session_of(application, here)}/end"
    token = next(form for form in forms_of(page.text) if form["action"] == own)["fields"]
    assert here.post(f"/my/account/devices/{place}/end", **token).status_code == 404
    assert other.get("/my/account").status_code == 200


def test_end_all_sessions_ends_every_place_every_grant_and_every_known_device(
    application: Flask, database: Database, person: Enrolled
) -> None:
    browsers = [Browser(application) for _ in range(3)]
    for browser in browsers:
        browser.sign_in(person)
    _, grant = add_grant(database, person, session_of(application, browsers[1]), "openid", "offline_access")
    browsers[0].submit(browsers[0].get("/my/account/devices"), "/my/account/devices/end")
    assert [browser.get("/my/account").status_code for browser in browsers] == [303] * 3
    assert is_revoked(database, person, grant)
    production = gateway_over(database, policy="production")
    stranger = Browser(production, address="198.51.100.77")
    for _ in range(6):
        stranger.give_password(person.username, "wrong password")
    known = Browser(production, address="198.51.100.78")
    known.http.set_cookie("citizen_device", browsers[1].cookie("citizen_device") or "")
    assert known.give_password(person.username).status_code == 429


@pytest.mark.parametrize(("kind", "hours"), [("resident", 12), ("staff", 10)])
def test_read_session_past_its_life_is_refused(
    application: Flask, database: Database, kind: str, hours: int
) -> None:
    person = enrol_resident(database) if kind == "resident" else enrol_staff(database)
    browser = Browser(application)
    browser.sign_in(person)
    start = clock.now()
    with clock.held(start + timedelta(hours=hours, seconds=-30)):
        assert browser.get("/my/account").status_code == 200
    with clock.held(start + timedelta(hours=hours, seconds=30)):
        assert browser.get("/my/account").status_code == 303


@pytest.mark.parametrize("place", [0, 40, -1])
def test_read_session_altered_cookie_is_nobody(application: Flask, person: Enrolled, place: int) -> None:
    browser = Browser(application)
    browser.sign_in(person)
    value = list(browser.cookie("citizen") or "")
    value[place] = "A" if value[place] != "A" else "B"
    browser.http.set_cookie("citizen", "".join(value))
    assert browser.get("/my/account").status_code == 303
    assert browser.get("/").status_code == 200


def test_list_sessions_shows_own_places_and_marks_this_one(
    application: Flask, database: Database, person: Enrolled
) -> None:
    here, there = Browser(application), Browser(application)
    here.sign_in(person)
    there.sign_in(person)
    Browser(application).sign_in(enrol_resident(database))
    text = here.get("/my/account/devices").text
    assert str(session_of(application, here)) in text
    assert str(session_of(application, there)) in text
    assert text.count("就是这里") == 1
    assert text.count("退出这一处") == 2


def test_read_account_shows_masked_numbers_and_the_children(
    application: Flask, database: Database, person: Enrolled
) -> None:
    child = enrol_child(database, person)
    browser = Browser(application)
    browser.sign_in(person)
    text = browser.get("/my/account").text
    assert person.username not in text
    assert f"{person.username[:3]}***********{person.username[-4:]}" in text
    assert f"/my?for={child}" in text
    assert "**甲" in text


def test_read_account_of_staff_shows_roles(application: Flask, database: Database) -> None:
    browser = Browser(application)
    browser.sign_in(enrol_staff(database, roles=("operator", "supervisor")))
    text = browser.get("/my/account").text
    assert "热线话务员" in text
    assert "督办主管" in text


def test_revoke_consent_ends_that_one_and_its_grants_at_once(
    application: Flask, database: Database, person: Enrolled
) -> None:
    browser = Browser(application)
    browser.sign_in(person)
    place = session_of(application, browser)
    consent, grant = add_grant(database, person, place, "openid", "offline_access", client_id="c-one")
    kept, kept_grant = add_grant(database, person, place, "openid", client_id="c-two")
    listed = browser.get("/my/account/consents").text
    assert f"/my/account/consents/{consent}" in listed
    assert "确认您是谁" in listed
    page = browser.get(f"/my/account/consents/{consent}")
    answer = browser.submit(page, f"/my/account/consents/{consent}")
    assert (answer.status_code, answer.location) == (303, "/my/account/consents")
    assert is_revoked(database, person, grant)
    assert not is_revoked(database, person, kept_grant)
    again = browser.get("/my/account/consents").text
    assert (str(consent) in again, str(kept) in again) == (False, True)


def test_revoke_consent_of_somebody_else_is_not_found(
    application: Flask, database: Database, person: Enrolled
) -> None:
    browser, other = Browser(application), Browser(application)
    browser.sign_in(person)
    owner = enrol_resident(database)
    other.sign_in(owner)
    consent, grant = add_grant(database, owner, session_of(application, other), "openid")
    assert browser.get(f"/my/account/consents/{consent}").status_code == 404
    token = forms_of(browser.get("/my/account").text)[-1]["fields"]
    assert browser.post(f"/my/account/consents/{consent}", **token).status_code == 404
    assert not is_revoked(database, owner, grant)
    with database.transaction(GATEWAY) as session:
        assert session.execute(select(sessions.c.id).where(sessions.c.subject_id == owner.account)).all()
