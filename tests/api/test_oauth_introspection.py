"""Introspection signed (RFC 9701), and by the systems of services about tokens they receive."""

import json

import pytest
from joserfc import jws, jwt
from joserfc.jwk import KeySet

from services.gateway.oauth.introspection import read_token
from services.gateway.oauth.issuer import Issuer
from tests.support.dpop import ProofKey
from tests.support.oauth import GATEWAY, REDIRECT, VERIFIER

pytestmark = pytest.mark.database

SIGNED = "application/token-introspection+jwt"


@pytest.fixture
def pharmacy(door):
    return door.add_client(auth_method="client_secret_basic")


def add_backend(door, *slugs):
    return door.add_client(
        auth_method="client_secret_basic",
        grants=["client_credentials"],
        scopes=["ebills:import"],
        redirect_uris=[],
        post_logout_redirect_uris=[],
        resource_servers=list(slugs),
    )


def introspect(door, app, token, *, accept="application/json"):
    headers = {"Accept": accept}
    return door.http.post("/oauth/introspect", data={"token": token}, auth=app.basic, headers=headers)


def test_signed_answer_is_as_section_5_says(door, person, pharmacy):
    token = door.tokens(pharmacy, person)["access_token"]
    answer = introspect(door, pharmacy, token, accept=SIGNED)
    assert answer.mimetype == SIGNED
    assert answer.headers["Cache-Control"] == "no-store"
    keys = KeySet.import_key_set(door.http.get("/oauth/jwks").get_json())
    decoded = jwt.decode(answer.text, keys, algorithms=["ES256"])
    assert decoded.header["typ"] == "token-introspection+jwt"
    assert set(decoded.claims) == {"iss", "aud", "iat", "token_introspection"}
    assert decoded.claims["iss"] == door.issuer
    assert decoded.claims["aud"] == pharmacy.client.client_id
    assert decoded.claims["token_introspection"] == introspect(door, pharmacy, token).get_json()
    assert decoded.claims["token_introspection"]["active"] is True


def test_signed_answer_about_a_dead_token_says_only_that(door, pharmacy):
    answer = introspect(door, pharmacy, "x", accept=SIGNED)
    claims = json.loads(jws.extract_compact(answer.text.encode()).payload)
    assert claims["token_introspection"] == {"active": False}


@pytest.mark.parametrize("accept", ["*/*", "application/json", f"{SIGNED};q=0.5, application/json"])
def test_plain_answer_where_the_caller_does_not_prefer_a_signed_one(door, pharmacy, accept):
    assert introspect(door, pharmacy, "x", accept=accept).mimetype == "application/json"


def test_signed_answer_is_no_access_token(door, person, pharmacy):
    token = door.tokens(pharmacy, person)["access_token"]
    signed = introspect(door, pharmacy, token, accept=SIGNED).text
    assert door.userinfo(signed).status_code == 401


def test_system_of_a_service_learns_about_tokens_for_it_and_no_others(door, person, pharmacy):
    bills, hotline = add_backend(door, "ebills"), add_backend(door, "hotline")
    token = door.tokens(pharmacy, person, scope="openid offline_access ebills:read")
    told = introspect(door, bills, token["access_token"]).get_json()
    assert told["active"] is True
    assert told["client_id"] == pharmacy.client.client_id
    assert introspect(door, hotline, token["access_token"]).get_json() == {"active": False}
    assert introspect(door, add_backend(door), token["access_token"]).get_json() == {"active": False}
    assert introspect(door, bills, token["refresh_token"]).get_json() == {"active": False}
    door.http.post("/oauth/revoke", data={"token": token["access_token"]}, auth=bills.basic)
    assert introspect(door, bills, token["access_token"]).get_json()["active"] is True


def test_guardians_token_names_the_guardian_in_the_token_and_here(door, pharmacy):
    guardian = door.add_person(children=1)
    door.sign_in(guardian)
    page = door.authorize(pharmacy)
    location = door.decide(page, subject=str(guardian.children[0])).location
    code = location.partition("code=")[2].partition("&")[0]
    token = door.redeem(pharmacy, code).get_json()["access_token"]
    claims = json.loads(jws.extract_compact(token.encode()).payload)
    assert set(claims["act"]) == {"sub"}
    assert introspect(door, pharmacy, token).get_json()["act"] == claims["act"]
    assert door.userinfo(token).get_json()["act"] == claims["act"]


def test_bound_tokens_show_their_key(door, person, pharmacy):
    key = ProofKey(door.database.keys, door.issuer)
    code = door.code(pharmacy, person)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    token = door.token(pharmacy, headers={"DPoP": key.proof()}, **form).get_json()["access_token"]
    told = introspect(door, pharmacy, token).get_json()
    assert (told["cnf"], told["token_type"]) == ({"jkt": key.jkt}, "DPoP")


def test_metadata_names_the_algorithms(door):
    document = door.http.get("/.well-known/oauth-authorization-server").get_json()
    assert document["introspection_signing_alg_values_supported"] == ["ES256"]


def test_a_services_question_writes_nothing(door, person, pharmacy):
    backend = add_backend(door, "ebills")
    token = door.tokens(pharmacy, person, scope="openid ebills:read")["access_token"]
    with door.database.transaction(GATEWAY) as session:
        before = session.raw("SELECT pg_current_xact_id_if_assigned()").fetchone()
        answer = read_token(session, Issuer(door.issuer, door.catalogue), backend.client, token)
        after = session.raw("SELECT pg_current_xact_id_if_assigned()").fetchone()
    assert answer["active"] is True
    assert before == after
