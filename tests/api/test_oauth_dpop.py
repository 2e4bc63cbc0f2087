"""Proof of possession (RFC 9449): at the token endpoint, at every resource, and for refresh tokens."""

from datetime import timedelta

import pytest
from joserfc.jwk import ECKey, OctKey

from services import clock, ids
from services.gateway.oauth.dpop import new_nonce
from services.gateway.oauth.refresh_token import GRACE
from tests.support.dpop import ProofKey, ath_of
from tests.support.oauth import answer_of

BILLS = "/ebills/v1/bills"
SCOPE = "openid offline_access ebills:read"


@pytest.fixture
def pharmacy(door):
    return door.add_client()


@pytest.fixture
def key(door):
    return ProofKey(door.database.keys, door.issuer)


def redeem(door, app, code, proof, **given):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.client.redirect_uris[0],
        "code_verifier": "v" * 64,
    } | given
    return door.token(app, headers={"DPoP": proof}, **form)


def bound_tokens(door, app, person, key, **given):
    answer = redeem(door, app, door.code(app, person, scope=SCOPE, **given), key.proof())
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def refresh(door, app, token, proof):
    headers = {"DPoP": proof} if proof else None
    return door.token(app, headers=headers, grant_type="refresh_token", refresh_token=token)


def read_bills(door, token, proof, *, scheme="DPoP", path=BILLS):
    headers = {"Authorization": f"{scheme} {token}"} | ({"DPoP": proof} if proof else {})
    return door.http.get(path, headers=headers)


def test_ath_of_the_standards_example_is_the_one_printed_there():
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    assert ath_of(token) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


def test_thumbprint_of_the_standards_example_key_is_the_one_printed_there():
    jwk = {
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
    }
    assert ECKey.import_key(jwk).thumbprint() == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


@pytest.mark.parametrize("alg", ["ES256", "PS256", "EdDSA"])
def test_bound_token_opens_a_resource_with_proofs_of_its_key(door, pharmacy, person, alg):
    key = ProofKey(door.database.keys, door.issuer, alg)
    token = bound_tokens(door, pharmacy, person, key)
    assert token["token_type"] == "DPoP"
    answer = read_bills(door, token["access_token"], key.proof(BILLS, "GET", token=token["access_token"]))
    assert answer.status_code == 200, answer.text
    assert answer.headers["DPoP-Nonce"]


def test_bound_token_sent_as_bearer_is_refused(door, pharmacy, person, key):
    token = bound_tokens(door, pharmacy, person, key)["access_token"]
    answer = read_bills(door, token, None, scheme="Bearer")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("DPoP ")
    assert 'algs="ES256 PS256 EdDSA"' in answer.headers["WWW-Authenticate"]


def test_bearer_token_sent_with_a_proof_is_refused(door, pharmacy, person, key):
    token = door.tokens(pharmacy, person, scope=SCOPE)["access_token"]
    assert read_bills(door, token, key.proof(BILLS, "GET", token=token)).status_code == 401


def test_resource_proof_of_another_key_is_refused(door, pharmacy, person, key):
    token = bound_tokens(door, pharmacy, person, key)["access_token"]
    other = ProofKey(door.database.keys, door.issuer)
    answer = read_bills(door, token, other.proof(BILLS, "GET", token=token))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_resource_proof_shown_twice_is_refused_the_second_time(door, pharmacy, person, key):
    token = bound_tokens(door, pharmacy, person, key)["access_token"]
    proof = key.proof(BILLS, "GET", token=token)
    assert read_bills(door, token, proof).status_code == 200
    answer = read_bills(door, token, proof)
    assert answer.status_code == 401
    assert 'error="invalid_dpop_proof"' in answer.headers["WWW-Authenticate"]


def test_resource_proof_of_a_failed_request_is_spent_too(door, pharmacy, person, key):
    token = bound_tokens(door, pharmacy, person, key)["access_token"]
    path = f"{BILLS}/{ids.new_id()}"
    proof = key.proof(path, "GET", token=token)
    assert read_bills(door, token, proof, path=path).status_code == 404
    assert read_bills(door, token, proof, path=path).status_code == 401


SPOILED = {
    "no method": {"htm": None},
    "another method": {"htm": "GET"},
    "no address": {"htu": None},
    "another address": {"htu": "https://elsewhere.example/oauth/token"},
    "another path": {"htu": "http://localhost:8000/oauth/par"},
    "no id": {"jti": None},
    "an empty id": {"jti": ""},
    "no instant": {"iat": None},
    "an instant in words": {"iat": "now"},
    "true as an instant": {"iat": True},
    "no type": {"header": {"typ": None}},
    "another type": {"header": {"typ": "jwt"}},
    "no key": {"header": {"jwk": None}},
    "a shared key": {"header": {"jwk": OctKey.generate_key(256).as_dict(private=True)}},
    "a critical header": {"header": {"crit": ["exp"], "exp": 1}},
}


@pytest.mark.parametrize("fault", SPOILED)
def test_token_unsound_proof_is_refused_and_the_code_stays_good(door, pharmacy, person, key, fault):
    code = door.code(pharmacy, person, scope=SCOPE)
    answer = redeem(door, pharmacy, code, key.proof(**SPOILED[fault]))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_dpop_proof")
    assert redeem(door, pharmacy, code, key.proof()).status_code == 200


@pytest.mark.parametrize("seconds", [-61, 61, 11])
def test_token_proof_made_too_early_or_too_late_is_refused(door, pharmacy, person, key, seconds):
    iat = int((clock.now() + timedelta(seconds=seconds)).timestamp())
    if seconds == 11:
        iat += 1  # whole seconds: eleven ahead may be ten and a half
    answer = redeem(door, pharmacy, door.code(pharmacy, person), key.proof(iat=iat))
    assert answer.get_json()["error"] == "invalid_dpop_proof"


@pytest.mark.parametrize("seconds", [-50, 9])
def test_token_proof_within_the_tolerance_is_taken(door, pharmacy, person, key, seconds):
    iat = int((clock.now() + timedelta(seconds=seconds)).timestamp())
    assert redeem(door, pharmacy, door.code(pharmacy, person), key.proof(iat=iat)).status_code == 200


def test_token_proof_signed_by_another_key_is_refused(door, pharmacy, person, key):
    header = {"jwk": ProofKey(door.database.keys, door.issuer).key.as_dict(private=False)}
    answer = redeem(door, pharmacy, door.code(pharmacy, person), key.proof(header=header))
    assert answer.get_json()["error"] == "invalid_dpop_proof"


def test_token_proof_with_a_private_key_in_it_is_refused(door, pharmacy, person, key):
    header = {"jwk": key.key.as_dict(private=True)}
    answer = redeem(door, pharmacy, door.code(pharmacy, person), key.proof(header=header))
    assert answer.get_json()["error"] == "invalid_dpop_proof"


def test_token_proof_address_is_compared_as_an_address(door, pharmacy, person, key):
    for htu in ("HTTP://LOCALHOST:8000/oauth/token", "http://localhost:8000/oauth/token?x=1#y"):
        assert redeem(door, pharmacy, door.code(pharmacy, person), key.proof(htu=htu)).status_code == 200


@pytest.mark.parametrize("nonce", [None, "made-up", 7])
def test_token_proof_without_a_good_nonce_is_sent_back_for_one(door, pharmacy, person, key, nonce):
    code = door.code(pharmacy, person)
    answer = redeem(door, pharmacy, code, key.proof(nonce=nonce))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "use_dpop_nonce")
    again = key.proof(nonce=answer.headers["DPoP-Nonce"])
    assert redeem(door, pharmacy, code, again).status_code == 200


def test_resource_proof_over_a_stale_nonce_is_sent_back_for_a_new_one(door, pharmacy, person, key):
    with clock.held(clock.now() - timedelta(minutes=6)):
        stale = new_nonce(door.database.keys)
    token = bound_tokens(door, pharmacy, person, key)["access_token"]
    answer = read_bills(door, token, key.proof(BILLS, "GET", token=token, nonce=stale))
    assert answer.status_code == 401
    assert 'error="use_dpop_nonce"' in answer.headers["WWW-Authenticate"]
    fresh = key.proof(BILLS, "GET", token=token, nonce=answer.headers["DPoP-Nonce"])
    assert read_bills(door, token, fresh).status_code == 200


@pytest.mark.parametrize("spoiled", [{"ath": None}, {"ath": ath_of("another token")}])
def test_resource_proof_over_no_or_another_token_is_refused(door, pharmacy, person, key, spoiled):
    token = bound_tokens(door, pharmacy, person, key)["access_token"]
    assert read_bills(door, token, key.proof(BILLS, "GET", token=token, **spoiled)).status_code == 401


def test_token_proof_shown_twice_is_refused_the_second_time(door, pharmacy, person, key):
    proof = key.proof()
    assert redeem(door, pharmacy, door.code(pharmacy, person), proof).status_code == 200
    answer = redeem(door, pharmacy, door.code(pharmacy, person), proof)
    assert answer.get_json()["error"] == "invalid_dpop_proof"


def test_code_bound_at_the_authorization_needs_that_key(door, pharmacy, person, key):
    code = door.code(pharmacy, person, dpop_jkt=key.jkt)
    other = ProofKey(door.database.keys, door.issuer)
    assert redeem(door, pharmacy, code, other.proof()).get_json()["error"] == "invalid_grant"
    assert door.redeem(pharmacy, code).get_json()["error"] == "invalid_grant"
    assert redeem(door, pharmacy, code, key.proof()).status_code == 200


def test_client_that_registered_bound_tokens_gets_none_without_a_proof(door, person, key):
    app = door.add_client(dpop_bound_access_tokens=True)
    code = door.code(app, person)
    assert door.redeem(app, code).get_json()["error"] == "invalid_request"
    assert redeem(door, app, code, key.proof()).status_code == 200


def test_client_credentials_with_a_proof_are_bound(door, key):
    scope = next(name for name in door.catalogue.services if door.catalogue.allowed(name, "client"))
    app = door.add_client(
        auth_method="client_secret_basic",
        grants=["client_credentials"],
        scopes=[scope],
        redirect_uris=[],
        post_logout_redirect_uris=[],
    )
    answer = door.token(app, headers={"DPoP": key.proof()}, grant_type="client_credentials").get_json()
    assert answer["token_type"] == "DPoP"
    told = door.http.post("/oauth/introspect", data={"token": answer["access_token"]}, auth=app.basic)
    assert told.get_json()["cnf"] == {"jkt": key.jkt}
    assert told.get_json()["token_type"] == "DPoP"


def test_bound_refresh_token_needs_its_key(door, pharmacy, person, key):
    token = bound_tokens(door, pharmacy, person, key)["refresh_token"]
    other = ProofKey(door.database.keys, door.issuer)
    assert refresh(door, pharmacy, token, None).get_json()["error"] == "invalid_grant"
    assert refresh(door, pharmacy, token, other.proof()).get_json()["error"] == "invalid_grant"
    assert refresh(door, pharmacy, token, key.proof()).status_code == 200


def test_bound_refresh_token_retried_at_once_brings_the_identical_successor(door, pharmacy, person, key):
    token = bound_tokens(door, pharmacy, person, key)["refresh_token"]
    answers = [refresh(door, pharmacy, token, key.proof()).get_json() for _ in range(3)]
    assert len({answer["refresh_token"] for answer in answers}) == 1
    assert answers[0]["refresh_token"] != token
    assert refresh(door, pharmacy, answers[0]["refresh_token"], key.proof()).status_code == 200


def test_bound_refresh_token_retried_after_the_grace_ends_the_grant(door, pharmacy, person, key):
    token = bound_tokens(door, pharmacy, person, key)["refresh_token"]
    following = refresh(door, pharmacy, token, key.proof()).get_json()["refresh_token"]
    with clock.held(clock.now() + GRACE + timedelta(seconds=1)):
        assert refresh(door, pharmacy, token, key.proof()).get_json()["error"] == "invalid_grant"
        assert refresh(door, pharmacy, following, key.proof()).get_json()["error"] == "invalid_grant"


def test_bound_refresh_token_retried_by_another_key_ends_the_grant(door, pharmacy, person, key):
    token = bound_tokens(door, pharmacy, person, key)["refresh_token"]
    following = refresh(door, pharmacy, token, key.proof()).get_json()["refresh_token"]
    thief = ProofKey(door.database.keys, door.issuer)
    assert refresh(door, pharmacy, token, thief.proof()).get_json()["error"] == "invalid_grant"
    assert refresh(door, pharmacy, following, key.proof()).get_json()["error"] == "invalid_grant"


def test_authorize_unsound_key_thumbprint_is_refused(door, pharmacy):
    assert answer_of(door.authorize(pharmacy, dpop_jkt="short"))["error"] == "invalid_request"
