"""Pushed (RFC 9126) and signed (RFC 9101) authorization requests."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from services import clock
from services.gateway.oauth.pkce import challenge_of
from services.gateway.oauth.pushed_request import LIFE
from tests.support.dpop import ProofKey
from tests.support.oauth import REDIRECT, VERIFIER, answer_of

ASKED = {
    "response_type": "code",
    "redirect_uri": REDIRECT,
    "scope": "openid ebills:read",
    "state": "s-1",
    "nonce": "n-1",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


@pytest.fixture
def pharmacy(door):
    return door.add_client(auth_method="client_secret_basic")


@pytest.fixture
def signer(door):
    key = ECKey.generate_key("P-256", {"kid": "k1"})
    app = door.add_client(auth_method="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]})
    return app, key


def push(door, app, *, headers=None, **given):
    form = {name: value for name, value in (ASKED | given).items() if value is not None}
    return door.http.post("/oauth/par", data=form, auth=app.basic, headers=headers)


def pushed(door, app, **given):
    answer = push(door, app, **given)
    assert answer.status_code == 201, answer.text
    return answer.get_json()["request_uri"]


def follow(door, app, request_uri, **given):
    query = {"client_id": app.client.client_id, "request_uri": request_uri} | given
    return door.http.get("/oauth/authorize", query_string=query)


def request_object(door, app, key, *, header=None, **given):
    now = int(clock.now().timestamp())
    claims = {
        "iss": app.client.client_id,
        "aud": door.issuer,
        "client_id": app.client.client_id,
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        **ASKED,
    } | given
    claims = {name: value for name, value in claims.items() if value is not None}
    head = {"alg": "ES256", "typ": "oauth-authz-req+jwt", "kid": "k1"} | (header or {})
    return jwt.encode(head, claims, key)


def test_push_is_answered_with_a_name_and_its_life(door, pharmacy):
    answer = push(door, pharmacy)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert body["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert 5 <= body["expires_in"] < 600


def test_pushed_request_ends_in_a_code_that_redeems(door, pharmacy, person):
    door.sign_in(person)
    answer = answer_of(door.decide(follow(door, pharmacy, pushed(door, pharmacy))))
    assert (answer["state"], answer["iss"]) == ("s-1", door.issuer)
    assert door.redeem(pharmacy, answer["code"]).status_code == 200


def test_pushed_request_survives_sign_in_reload_and_the_way_back(door, pharmacy, person):
    name = pushed(door, pharmacy)
    to_sign_in = follow(door, pharmacy, name)
    assert to_sign_in.status_code == 303
    next_page = parse_qs(urlsplit(to_sign_in.location).query)["next"][0]
    door.sign_in(person)
    with clock.held(clock.now() + timedelta(minutes=5)):
        assert door.http.get(next_page).status_code == 200
        page = door.http.get(next_page)
        assert "code" in answer_of(door.decide(page))


def test_pushed_request_answered_once_is_over_in_every_tab(door, pharmacy, person):
    door.sign_in(person)
    name = pushed(door, pharmacy)
    tabs = [follow(door, pharmacy, name) for _ in range(2)]
    assert "code" in answer_of(door.decide(tabs[0]))
    assert door.decide(tabs[1]).status_code == 400
    assert follow(door, pharmacy, name).status_code == 400


def test_pushed_request_denied_is_over(door, pharmacy, person):
    door.sign_in(person)
    name = pushed(door, pharmacy)
    assert answer_of(door.decide(follow(door, pharmacy, name), "deny"))["error"] == "access_denied"
    assert follow(door, pharmacy, name).status_code == 400


def test_pushed_request_not_opened_in_its_life_is_over(door, pharmacy, person):
    door.sign_in(person)
    name = pushed(door, pharmacy)
    with clock.held(clock.now() + LIFE + timedelta(seconds=1)):
        assert follow(door, pharmacy, name).status_code == 400


def test_pushed_request_of_another_client_is_a_page(door, pharmacy, person):
    door.sign_in(person)
    assert follow(door, door.add_client(), pushed(door, pharmacy)).status_code == 400


def test_pushed_request_counts_and_the_query_beside_it_does_not(door, pharmacy, person):
    door.sign_in(person)
    page = follow(door, pharmacy, pushed(door, pharmacy), state="evil", redirect_uri="https://evil.example/")
    assert answer_of(door.decide(page))["state"] == "s-1"


@pytest.mark.parametrize(
    "given",
    [
        {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
        {"redirect_uri": "https://evil.example/cb"},
        {"redirect_uri": None},
        {"code_challenge": None},
        {"code_challenge_method": "plain"},
        {"response_mode": "fragment"},
    ],
)
def test_push_unsound_request_is_refused(door, pharmacy, given):
    answer = push(door, pharmacy, **given)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_push_without_proof_of_the_client_is_refused(door, pharmacy):
    answer = door.http.post("/oauth/par", data=ASKED | {"client_id": pharmacy.client.client_id})
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")


def test_push_by_get_is_not_allowed(door):
    answer = door.http.get("/oauth/par")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_authorize_client_that_must_push_and_does_not_is_refused(door, person):
    app = door.add_client(auth_method="client_secret_basic", require_pushed_authorization_requests=True)
    door.sign_in(person)
    assert answer_of(door.authorize(app))["error"] == "invalid_request"
    assert follow(door, app, pushed(door, app)).status_code == 200


def test_push_with_a_proof_binds_the_code_to_its_key(door, pharmacy, person):
    door.sign_in(person)
    key = ProofKey(door.database.keys, door.issuer)
    name = pushed(door, pharmacy, headers={"DPoP": key.proof("/oauth/par")})
    code = answer_of(door.decide(follow(door, pharmacy, name)))["code"]
    assert door.redeem(pharmacy, code).get_json()["error"] == "invalid_grant"
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    answer = door.token(pharmacy, headers={"DPoP": key.proof()}, code_verifier=VERIFIER, **form)
    assert answer.get_json()["token_type"] == "DPoP"


def test_push_with_a_proof_of_another_key_than_dpop_jkt_is_refused(door, pharmacy):
    key, other = (ProofKey(door.database.keys, door.issuer) for _ in range(2))
    answer = push(door, pharmacy, headers={"DPoP": key.proof("/oauth/par")}, dpop_jkt=other.jkt)
    assert answer.get_json()["error"] == "invalid_request"


def test_signed_request_counts_and_the_query_beside_it_does_not(door, signer, person):
    app, key = signer
    door.sign_in(person)
    query = {"client_id": app.client.client_id, "request": request_object(door, app, key), "state": "evil"}
    page = door.http.get("/oauth/authorize", query_string=query)
    assert answer_of(door.decide(page))["state"] == "s-1"


@pytest.mark.parametrize(
    "given",
    [
        {"iss": "somebody"},
        {"client_id": "somebody"},
        {"client_id": None},
        {"aud": "https://elsewhere.example"},
        {"exp": None},
        {"exp": 1},
        {"nbf": None, "iat": None},
        {"nbf": 4102444800},
        {"request": "e30."},
        {"request_uri": "urn:x"},
        {"header": {"alg": "none"}},
        {"header": {"kid": "k2"}},
        {"header": {"typ": "at+jwt"}},
    ],
)
def test_signed_request_unsound_is_refused(door, signer, given):
    app, key = signer
    if given.get("header", {}).get("alg") == "none":
        _, body, _ = request_object(door, app, key).split(".")
        signed = f"eyJhbGciOiJub25lIn0.{body}."
    else:
        signed = request_object(door, app, key, **given)
    query = {"client_id": app.client.client_id, "redirect_uri": REDIRECT, "request": signed}
    answer = answer_of(door.http.get("/oauth/authorize", query_string=query))
    assert answer["error"] == "invalid_request_object"


def test_signed_request_of_an_unproven_asker_is_a_page(door, signer):
    app, _ = signer
    signed = request_object(door, app, ECKey.generate_key("P-256"))
    query = {"client_id": app.client.client_id, "request": signed}
    assert door.http.get("/oauth/authorize", query_string=query).status_code == 400
