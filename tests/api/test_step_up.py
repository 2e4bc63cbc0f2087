"""Step-up (RFC 9470): a weak or old sign-in is told what is wanted, and how to get it; and nothing goes in circles."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from services import clock
from services.database.transaction import Database
from services.gateway.people import acr
from services.gateway.people.step_up import seal_need
from services.web.declare import StepUp
from tests.support.authenticator import SoftAuthenticator
from tests.support.dpop import ProofKey
from tests.support.oauth import REDIRECT, VERIFIER, Door, answer_of, hidden_fields
from tests.support.passkeys import STEP_UP, options_of, register, show
from tests.support.people import (
    Browser,
    Enrolled,
    code_of,
    enrol_resident,
    enrol_staff,
)

pytestmark = pytest.mark.usefixtures("private_people")

SERVICES = ("health-file", "ebills", "social-card", "legal-id", "hotline")
LISTS = {
    "health-file": "/health-file/v1/resources",
    "ebills": "/ebills/v1/bills",
    "social-card": "/social-card/v1/cards",
    "legal-id": "/legal-id/v1/legal-persons",
    "hotline": "/hotline/v1/tickets",
}
SCOPES = "openid health_file:read ebills:read social_card:read legal_id:read hotline:read"


@pytest.fixture
def person(database: Database) -> Enrolled:
    return enrol_resident(database)


@pytest.fixture
def browser(app: Flask, person: Enrolled) -> Browser:
    made = Browser(app)
    made.sign_in(person)
    return made


@pytest.fixture
def door(app: Flask, browser: Browser) -> Door:
    """The authorization server as the signed-in person's browser sees it."""
    made = Door(app)
    made.http = browser.http
    return made


def claims_of(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def tokens_of(door, client, answer):
    if answer.status_code == 200:
        answer = door.decide(answer)
    return door.redeem(client, answer_of(answer)["code"]).get_json()


def follow(door, url):
    return door.http.get(url, base_url=door.issuer)


def test_token_by_password_hears_what_every_service_wants_and_a_passkey_gets_it(app, door, browser) -> None:
    key = SoftAuthenticator(verifies=False)
    register(browser, key)
    client = door.add_client()
    weak = tokens_of(door, client, door.authorize(client, scope=SCOPES))["access_token"]
    assert claims_of(weak)["acr"] == acr.PASSWORD
    http = app.test_client()
    for service in SERVICES:
        assert http.get(LISTS[service], headers={"Authorization": f"Bearer {weak}"}).status_code == 200
        answer = http.post(f"/{service}/v1/exports", headers={"Authorization": f"Bearer {weak}"})
        assert answer.status_code == 401
        assert answer.get_json()["code"] == "gateway.insufficient_user_authentication"
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith('Bearer error="insufficient_user_authentication"')
        assert 'acr_values="phr"' in challenge
        assert 'max_age="300"' in challenge
        assert f"/.well-known/oauth-protected-resource/{service}" in challenge
    answer = door.authorize(client, scope=SCOPES, acr_values="phr", max_age="300")
    assert answer.status_code == 303
    page = follow(door, answer.location)
    assert page.status_code == 200
    assert "有应用要更可靠地知道是您本人" in page.text
    done = browser.send(
        STEP_UP,
        {"credential": key.get(options_of(browser, STEP_UP)), "next": hidden_fields(page.text)["next"]},
    )
    assert done.status_code == 200, done.text
    tokens = tokens_of(door, client, follow(door, done.get_json()["next"]))
    assert claims_of(tokens["access_token"])["acr"] == acr.PHISHING_RESISTANT
    assert claims_of(tokens["id_token"])["acr"] == acr.PHISHING_RESISTANT
    assert set(claims_of(tokens["id_token"])["amr"]) == {"pwd", "pop", "user", "mfa"}
    strong = {"Authorization": f"Bearer {tokens['access_token']}"}
    for service in SERVICES:
        answer = http.post(f"/{service}/v1/exports", headers=strong)
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["is_complete"] is True


def test_token_that_is_too_old_hears_max_age(app, door, browser) -> None:
    register(browser, key := SoftAuthenticator())
    show(browser, key, STEP_UP)
    client = door.add_client()
    with clock.held(clock.now() + timedelta(seconds=301)):
        tokens = tokens_of(door, client, door.authorize(client, scope=SCOPES))
        token = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = app.test_client().post("/ebills/v1/exports", headers=token)
        assert (answer.status_code, 'max_age="300"' in answer.headers["WWW-Authenticate"]) == (401, True)
        # Freshness alone is missing, and only another passkey may mend it: a password would make the class lower.
        answer = door.authorize(client, scope=SCOPES, acr_values="phr", max_age="300")
        assert urlsplit(answer.location).path == "/step-up"
        silent = door.authorize(client, acr_values="phr", max_age="300", prompt="none")
        assert answer_of(silent)["error"] == "login_required"


def test_missing_scope_is_said_before_a_weak_sign_in(app, door) -> None:
    client = door.add_client()
    tokens = tokens_of(door, client, door.authorize(client, scope="openid hotline:read"))
    token = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert app.test_client().post("/ebills/v1/exports", headers=token).status_code == 403


COPIES = ("/my/health/copy", "/my/bills/copy", "/my/card/copy", "/business/copy", "/my/tickets/copy")


def test_copies_of_every_service_want_a_passkey_and_are_files(browser) -> None:
    register(browser, key := SoftAuthenticator())
    assert {browser.get(url).location.split("?")[0] for url in COPIES} == {"/step-up"}
    show(browser, key, STEP_UP)
    for url in COPIES:
        answer = browser.get(url)
        assert (answer.status_code, answer.get_json()["is_complete"]) == (200, True)
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("values", ["urn:citizen:acr:pwd", "phr urn:citizen:acr:pwd", "1 2", "unknown"])
def test_acr_values_that_are_met_or_that_nobody_knows_do_not_ask(door, values) -> None:
    assert door.authorize(door.add_client(), acr_values=values).status_code == 200


def test_acr_values_without_a_page_are_unmet(door) -> None:
    answer = door.authorize(door.add_client(), acr_values="phr", prompt="none")
    assert answer_of(answer)["error"] == "unmet_authentication_requirements"


def test_acr_values_that_the_person_would_rather_not_meet_go_back_to_the_client(door) -> None:
    page = follow(door, door.authorize(door.add_client(), acr_values="phr").location)
    assert "这一步只认通行密钥" in page.text
    link = next(
        unescape(part.split('"')[0]) for part in page.text.split('href="') if "step_up=declined" in part
    )
    answer = follow(door, link)
    assert answer.location.startswith(REDIRECT)
    assert parse_qs(urlsplit(answer.location).query)["error"] == ["unmet_authentication_requirements"]


def essential(*values):
    return json.dumps({"id_token": {"acr": {"essential": True, "values": list(values)}}})


def test_essential_acr_is_met_word_for_word_or_not_at_all(door, browser) -> None:
    client = door.add_client()
    register(browser, key := SoftAuthenticator())
    asked = {"claims": essential("phr"), "prompt": "none"}
    assert answer_of(door.authorize(client, **asked))["error"] == "unmet_authentication_requirements"
    answer = door.authorize(client, claims=essential("phr"))
    assert urlsplit(answer.location).path == "/step-up"
    show(browser, key, STEP_UP)
    tokens = tokens_of(door, client, door.authorize(client, claims=essential("phr", "urn:citizen:acr:pwd")))
    # The session holds phrh; the client takes only what it named, and the highest of that is true as well.
    assert claims_of(tokens["id_token"])["acr"] == "phr"
    tokens = tokens_of(door, client, door.authorize(client, acr_values="phr"))
    assert claims_of(tokens["id_token"])["acr"] == "phrh"


def test_essential_acr_that_nobody_knows_is_unmet(door) -> None:
    answer = door.authorize(door.add_client(), claims=essential("urn:elsewhere:gold"))
    assert answer_of(answer)["error"] == "unmet_authentication_requirements"


@pytest.mark.parametrize("acr_claim", [7, "phr", [], {"values": "phr"}, {"values": [7]}, {"value": None}])
def test_acr_claim_that_is_malformed_is_an_invalid_request(door, acr_claim) -> None:
    answer = door.authorize(door.add_client(), claims=json.dumps({"id_token": {"acr": acr_claim}}))
    assert answer_of(answer)["error"] == "invalid_request"


@pytest.mark.parametrize("acr_claim", [None, {}, {"essential": True}, {"values": ["urn:elsewhere:gold"]}])
def test_acr_claim_that_any_class_meets_does_not_ask(door, acr_claim) -> None:
    claims = json.dumps({"id_token": {"acr": acr_claim}})
    assert door.authorize(door.add_client(), claims=claims).status_code == 200


def test_step_up_to_a_code_takes_the_code_once(app, database) -> None:
    person = enrol_staff(database)
    browser = Browser(app)
    browser.sign_in(person)
    keys = app.extensions["citizen_database"].keys
    with clock.held(clock.now() + timedelta(minutes=20)):
        need = seal_need(keys, StepUp(acr.ONE_TIME_PASSWORD, 900))
        page = browser.get(f"/step-up?next=/my/account&need={need}")
        assert page.status_code == 200
        wrong = browser.submit(page, "/step-up", otp="000000")
        assert wrong.status_code == 401
        assert browser.submit(wrong, "/step-up", otp=code_of(person)).location == "/my/account"
        assert browser.get(f"/step-up?next=/my/account&need={need}").location == "/my/account"


def test_step_up_with_another_accounts_passkey_is_refused(app, browser, database) -> None:
    other = Browser(app)
    other.sign_in(enrol_resident(database))
    register(other, key := SoftAuthenticator())
    assert show(browser, key, STEP_UP).status_code == 401


def test_step_up_keeps_what_the_session_had_allowed(app, door, browser) -> None:
    client = door.add_client()
    tokens = tokens_of(door, client, door.authorize(client, scope=SCOPES))
    register(browser, key := SoftAuthenticator())
    assert show(browser, key, STEP_UP).status_code == 200
    token = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert app.test_client().get(LISTS["hotline"], headers=token).status_code == 200


def test_page_that_wants_more_leads_to_step_up_and_back(browser) -> None:
    register(browser, key := SoftAuthenticator(verifies=False))
    answer = browser.get("/my/health/copy")
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert "要拿走全部资料的副本" in page.text
    body = {"credential": key.get(options_of(browser, STEP_UP)), "next": hidden_fields(page.text)["next"]}
    assert browser.send(STEP_UP, body).get_json() == {"next": "/my/health/copy"}
    answer = browser.get("/my/health/copy")
    assert (answer.status_code, answer.get_json()["items"]) == (200, [])


def test_step_up_page_with_a_need_of_nobody_asks_for_a_passkey_and_leads_home(browser) -> None:
    page = browser.get("/step-up?next=https://evil.example/&need=made-up")
    assert page.status_code == 200
    assert "evil" not in page.text.split("<main")[1].split("passkeys/new?next=")[0]


def test_metadata_lists_the_ladder(browser) -> None:
    document = browser.get("/.well-known/openid-configuration").get_json()
    assert document["acr_values_supported"] == list(acr.LADDER)


def test_bound_token_hears_the_challenge_in_its_own_scheme(app, door) -> None:
    key = ProofKey(door.database.keys, door.issuer)
    client = door.add_client()
    answer = door.authorize(client, scope=SCOPES)
    code = answer_of(door.decide(answer) if answer.status_code == 200 else answer)["code"]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    token = door.token(
        client, headers={"DPoP": key.proof()}, redirect_uri=client.client.redirect_uris[0], **form
    ).get_json()["access_token"]
    proof = key.proof("/hotline/v1/exports", token=token)
    answer = app.test_client().post(
        "/hotline/v1/exports", headers={"Authorization": f"DPoP {token}", "DPoP": proof}
    )
    assert answer.status_code == 401
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith('DPoP error="insufficient_user_authentication"')
    assert 'acr_values="phr"' in challenge
