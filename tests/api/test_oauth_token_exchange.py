"""Token exchange: less of a token, for another service, or in an actor's name (RFC 8693)."""

from datetime import timedelta

import pytest

from services import clock
from services.actor import system
from services.gateway.client_rules import TOKEN_EXCHANGE
from services.gateway.clients import cancel_client
from services.gateway.oauth.token_exchange import ACCESS_TOKEN
from tests.support.dpop import ProofKey
from tests.support.oauth import GATEWAY, REDIRECT, VERIFIER, answer_of, claims_of, error_of

pytestmark = pytest.mark.database

BILLS, TICKETS = "ebills:read", "hotline:read"


def add_exchanger(door, **given):
    settled = {
        "auth_method": "client_secret_basic",
        "grants": ["authorization_code", TOKEN_EXCHANGE],
        "scopes": ["openid", "profile", "offline_access", BILLS, TICKETS],
    } | given
    return door.add_client(**settled)


@pytest.fixture
def pharmacy(door):
    return add_exchanger(door)


@pytest.fixture
def backend(door):
    """The system of the e-bills service: it receives tokens of others."""
    return add_exchanger(
        door,
        grants=[TOKEN_EXCHANGE, "client_credentials"],
        scopes=[BILLS, TICKETS, "ebills:import"],
        redirect_uris=[],
        post_logout_redirect_uris=[],
        resource_servers=["ebills"],
    )


def exchange(door, app, subject_token, **given):
    form = {"subject_token": subject_token, "subject_token_type": ACCESS_TOKEN} | given
    return door.token(app, grant_type=TOKEN_EXCHANGE, **form)


def exchanged(door, app, subject_token, **given):
    answer = exchange(door, app, subject_token, **given)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def machine_token(door, app):
    return door.token(app, grant_type="client_credentials").get_json()["access_token"]


def bills(door, token, scheme="Bearer"):
    return door.http.get("/ebills/v1/bills", headers={"Authorization": f"{scheme} {token}"}).status_code


def both(door, app, person):
    return door.tokens(app, person, scope=f"openid {BILLS} {TICKETS}")["access_token"]


def test_exchange_narrows_scope_and_audience_and_answers_as_section_2_2_1_says(door, person, pharmacy):
    wide = both(door, pharmacy, person)
    body = exchanged(door, pharmacy, wide, resource=f"{door.issuer}/ebills", scope=BILLS)
    assert set(body) == {"access_token", "issued_token_type", "token_type", "expires_in", "scope"}
    assert body["issued_token_type"] == ACCESS_TOKEN
    assert body["scope"] == BILLS
    narrow, before = claims_of(body["access_token"]), claims_of(wide)
    assert narrow["aud"] == [f"{door.issuer}/ebills"]
    assert narrow["exp"] <= before["exp"]
    assert narrow["jti"] != before["jti"]
    assert "act" not in narrow
    assert (narrow["sub"], narrow["auth_time"], narrow["acr"]) == (
        before["sub"],
        before["auth_time"],
        before["acr"],
    )
    assert bills(door, body["access_token"]) == 200
    assert door.http.get(
        "/hotline/v1/tickets", headers={"Authorization": f"Bearer {body['access_token']}"}
    ).status_code in {401, 403}


@pytest.mark.parametrize("audience", ["ebills", "{issuer}/ebills"])
def test_audience_is_a_services_name_or_address(door, person, pharmacy, audience):
    body = exchanged(
        door, pharmacy, both(door, pharmacy, person), audience=audience.format(issuer=door.issuer)
    )
    assert claims_of(body["access_token"])["aud"] == [f"{door.issuer}/ebills"]


@pytest.mark.parametrize("given", [{"audience": "nowhere"}, {"resource": "https://other.example/api"}])
def test_unknown_target_is_invalid_target(door, person, pharmacy, given):
    assert error_of(exchange(door, pharmacy, both(door, pharmacy, person), **given)) == "invalid_target"


def test_target_that_the_token_does_not_reach_is_invalid_target(door, person, pharmacy):
    token = door.tokens(pharmacy, person, scope=f"openid {BILLS}")["access_token"]
    assert error_of(exchange(door, pharmacy, token, audience="hotline")) == "invalid_target"


def test_scope_beyond_the_subject_token_is_invalid_scope(door, person, pharmacy):
    token = door.tokens(pharmacy, person, scope=f"openid {BILLS}")["access_token"]
    assert error_of(exchange(door, pharmacy, token, scope=TICKETS)) == "invalid_scope"


def test_result_never_lives_longer_than_the_subject_token(door, person, pharmacy):
    token = both(door, pharmacy, person)
    with clock.held(clock.now() + timedelta(minutes=4)):
        body = exchanged(door, pharmacy, token)
    assert body["expires_in"] <= 61
    assert claims_of(body["access_token"])["exp"] == claims_of(token)["exp"]


@pytest.mark.parametrize(
    "given",
    [
        {"subject_token": "x"},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"actor_token": "x"},
        {"actor_token": "x", "actor_token_type": ACCESS_TOKEN},
        {"actor_token_type": ACCESS_TOKEN},
    ],
)
def test_unusable_tokens_and_types_are_invalid_request(door, person, pharmacy, given):
    form = {"subject_token": both(door, pharmacy, person), "subject_token_type": ACCESS_TOKEN} | given
    assert error_of(door.token(pharmacy, grant_type=TOKEN_EXCHANGE, **form)) == "invalid_request"


def test_expired_revoked_and_foreign_tokens_are_invalid_request(door, person, pharmacy):
    token, other = both(door, pharmacy, person), add_exchanger(door)
    assert error_of(exchange(door, other, token)) == "invalid_request"
    with clock.held(clock.now() + timedelta(minutes=6)):
        assert error_of(exchange(door, pharmacy, token)) == "invalid_request"
    door.http.post("/oauth/revoke", data={"token": token}, auth=pharmacy.basic)
    assert error_of(exchange(door, pharmacy, token)) == "invalid_request"


def test_only_clients_registered_for_it_may_exchange(door, person):
    plain = door.add_client(auth_method="client_secret_basic")
    token = door.tokens(plain, person)["access_token"]
    assert error_of(exchange(door, plain, token)) == "unauthorized_client"


def test_service_acts_with_a_token_it_received_and_both_are_named(door, person, backend):
    pharmacy = door.add_client()
    token = door.tokens(pharmacy, person, scope=f"openid {BILLS} {TICKETS}")["access_token"]
    body = exchanged(
        door,
        backend,
        token,
        actor_token=machine_token(door, backend),
        actor_token_type=ACCESS_TOKEN,
        audience="hotline",
    )
    claims = claims_of(body["access_token"])
    assert claims["act"] == {"sub": backend.client.client_id}
    assert claims["client_id"] == backend.client.client_id
    assert claims["sub"] != claims_of(token)["sub"]
    assert claims["scope"] == TICKETS
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert door.http.get("/hotline/v1/tickets", headers=headers).status_code == 200


def test_standards_scopes_do_not_travel_to_another_client(door, person):
    backend = add_exchanger(door, resource_servers=["ebills"])
    token = door.tokens(door.add_client(), person, scope=f"openid profile {BILLS}")["access_token"]
    assert exchanged(door, backend, token)["scope"] == BILLS
    assert error_of(exchange(door, backend, token, scope="profile")) == "invalid_scope"


def test_chain_nests_and_ends_at_three(door, person, backend):
    guardian = door.add_person(children=1)
    door.sign_in(guardian)
    pharmacy = door.add_client()
    page = door.authorize(pharmacy, scope=f"openid {BILLS}")
    code = answer_of(door.decide(page, subject=str(guardian.children[0])))["code"]
    token = door.redeem(pharmacy, code).get_json()["access_token"]
    first = claims_of(token)["act"]
    assert set(first) == {"sub"}
    actor = {"actor_token": machine_token(door, backend), "actor_token_type": ACCESS_TOKEN}
    once = exchanged(door, backend, token, **actor)["access_token"]
    twice = exchanged(door, backend, once, **actor)["access_token"]
    name = backend.client.client_id
    act = claims_of(twice)["act"]
    assert (act["sub"], act["act"]["sub"]) == (name, name)
    assert set(act["act"]["act"]) == {"sub"}
    assert error_of(exchange(door, backend, twice, **actor)) == "invalid_request"
    introspected = door.http.post("/oauth/introspect", data={"token": twice}, auth=backend.basic).get_json()
    assert introspected["act"] == act


def test_person_may_act_only_for_whom_there_is_a_relation(door, person, pharmacy):
    stranger = door.add_person()
    token = both(door, pharmacy, person)
    theirs = both(door, pharmacy, stranger)
    given = {"actor_token": theirs, "actor_token_type": ACCESS_TOKEN}
    assert error_of(exchange(door, pharmacy, token, **given)) == "invalid_request"
    again = door.sign_in_again(person)
    own = {"actor_token": both(door, pharmacy, again), "actor_token_type": ACCESS_TOKEN}
    assert exchange(door, pharmacy, token, **own).status_code == 200


def test_revoking_the_grant_kills_exchanged_tokens_at_the_next_request(door, person, pharmacy, backend):
    body = door.tokens(pharmacy, person, scope=f"openid {BILLS}")
    token = exchanged(door, backend, body["access_token"])["access_token"]
    assert bills(door, token) == 200
    door.http.get("/oauth/logout", query_string={"id_token_hint": body["id_token"]})
    assert bills(door, token) == 401
    assert error_of(exchange(door, backend, token)) == "invalid_request"


def test_withdrawing_the_exchanging_client_kills_its_tokens_too(door, person, pharmacy, backend):
    token = exchanged(door, backend, both(door, pharmacy, person), audience="ebills")["access_token"]
    assert bills(door, token) == 200
    with door.database.transaction(GATEWAY) as session:
        cancel_client(session, system("test"), backend.client.client_id)
    assert bills(door, token) == 401


def test_systems_token_may_be_narrowed_by_itself_alone(door, backend):
    token = machine_token(door, backend)
    body = exchanged(door, backend, token)
    assert claims_of(body["access_token"])["sub"] == backend.client.client_id
    other = add_exchanger(door, resource_servers=["ebills"], scopes=["ebills:import"])
    assert error_of(exchange(door, other, token)) == "invalid_request"


def test_bound_token_needs_its_keys_proof_and_stays_bound(door, person, pharmacy):
    key, other = (ProofKey(door.database.keys, door.issuer) for _ in range(2))
    code = door.code(pharmacy, person, scope=f"openid {BILLS}")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    token = door.token(pharmacy, headers={"DPoP": key.proof()}, **form).get_json()["access_token"]
    form = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN}
    assert error_of(door.token(pharmacy, **form)) == "invalid_request"
    assert error_of(door.token(pharmacy, headers={"DPoP": other.proof()}, **form)) == "invalid_request"
    body = door.token(pharmacy, headers={"DPoP": key.proof()}, **form).get_json()
    assert body["token_type"] == "DPoP"
    assert claims_of(body["access_token"])["cnf"] == {"jkt": key.jkt}
    assert bills(door, body["access_token"]) == 401
