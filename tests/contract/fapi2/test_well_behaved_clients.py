"""FAPI 2.0 Security Profile Final, server modules: what a sound client does must work."""

import secrets
import time

import pytest

from tests.support.fapi2 import expect
from tests.support.fapi2.city import REDIRECT_WITH_QUERY
from tests.support.fapi2.http import send
from tests.support.fapi2.relying_party import GONE, RESOURCE
from tests.support.fapi2.visitor import Callback, Page

FAPI_ALGORITHMS = {"PS256", "ES256", "EdDSA", "Ed25519"}


def finish(party, flow):
    """The code for tokens, the token for the resource."""
    expect.came_back(flow, party)
    body = expect.issued(party.redeem(flow), flow, party)
    expect.admitted(party.resource(body["access_token"]))
    return body


def test_fapi2_security_profile_final_discovery_end_point_verification(city):
    base = city.base_url
    answer = send("GET", f"{base}/.well-known/openid-configuration")
    assert answer.status == 200
    told = answer.json()
    assert told == send("GET", f"{base}/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == base
    assert "code" in told["response_types_supported"]
    assert not {"token", "code id_token", "id_token"} & set(told["response_types_supported"])
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["pushed_authorization_request_endpoint"].startswith(base)
    assert isinstance(told.get("require_pushed_authorization_requests", False), bool)
    for name in (
        "dpop_signing_alg_values_supported",
        "id_token_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
    ):
        assert told[name], name
        assert set(told[name]) <= FAPI_ALGORITHMS, name
    for name in ("userinfo_signing_alg_values_supported", "request_object_signing_alg_values_supported"):
        assert set(told.get(name, ())) <= FAPI_ALGORITHMS, name
    assert "private_key_jwt" in told["token_endpoint_auth_methods_supported"]
    assert "S256" in told["code_challenge_methods_supported"]
    assert "plain" not in told["code_challenge_methods_supported"]
    assert not {"implicit", "password"} & set(told["grant_types_supported"])
    assert "openid" in told["scopes_supported"]
    assert told["subject_types_supported"]
    for name in ("authorization", "token", "userinfo", "introspection", "revocation"):
        assert told[f"{name}_endpoint"].startswith(base), name
    keys = send("GET", told["jwks_uri"]).json()["keys"]
    assert keys
    assert all("d" not in key for key in keys)


@pytest.mark.parametrize("alg", ["ES256", "PS256", "EdDSA"])
def test_fapi2_security_profile_final_happy_flow(city, alg):
    visitor = city.visitor()
    first, second = city.fapi_client(alg), city.fapi_client(alg)
    # The first client repeats some parameters beside the request_uri, where they count for nothing.
    flow = first.begin()
    answer = first.push(flow)
    assert answer.status == 201, answer.text
    assert answer.header("Cache-Control") == "no-store"
    assert 5 <= answer.json()["expires_in"] <= 600
    assert expect.entropy(answer.json()["request_uri"].rpartition(":")[2]) >= 96
    beside = {name: flow.parameters[name] for name in ("response_type", "scope", "redirect_uri")}
    flow.callback = visitor.land(first.address(flow, beside))
    tokens = finish(first, flow)
    # The second binds its code by `dpop_jkt`, answers to an address with a query, and has a nonce of 43.
    changes = {
        "redirect_uri": REDIRECT_WITH_QUERY,
        "dpop_jkt": second.dpop.thumbprint,
        "nonce": secrets.token_urlsafe(32),
    }
    assert len(changes["nonce"]) == 43
    flow = second.authorize(visitor, changes)
    assert flow.callback.parameters["dummy1"] == "lorem"
    theirs = finish(second, flow)
    # A token is of no use to another key, and is never taken from the query.
    stolen = second.with_key(first.dpop)
    expect.turned_away(stolen.resource(theirs["access_token"]), "invalid_token", "invalid_dpop_proof")
    url = f"{first.base_url}{RESOURCE}?access_token={tokens['access_token']}"
    proof = first.proof("GET", url, access_token=tokens["access_token"])
    assert send("GET", url, headers=[("DPoP", proof)]).status in {400, 401, 422}
    for accept in ("application/json; charset=UTF-8", "application/json, application/*+json, */*"):
        expect.admitted(first.resource(tokens["access_token"], more=[("Accept", accept)]))


def test_fapi2_security_profile_final_user_rejects_authentication(city, party, other):
    for client, redirect_uri in ((party, party.redirect_uri), (other, REDIRECT_WITH_QUERY)):
        flow = client.begin({"state": secrets.token_urlsafe(96), "redirect_uri": redirect_uri})
        assert len(flow.parameters["state"]) == 128
        assert client.push(flow).status == 201
        outcome = city.visitor(decision="deny").visit(client.address(flow))
        expect.sent_back(outcome, flow, client, "access_denied")
    assert outcome.parameters["dummy2"] == "ipsum"


def test_fapi2_security_profile_final_ensure_authorization_request_without_state_success(party, visitor):
    flow = party.authorize(visitor, {"state": GONE})
    assert "state" not in flow.callback.parameters
    finish(party, flow)


def test_fapi2_security_profile_final_ensure_authorization_request_without_nonce_success(party, visitor):
    flow = party.authorize(visitor, {"nonce": GONE})
    body = finish(party, flow)
    assert "nonce" not in expect.id_token_of(body, flow, party)


def test_fapi2_security_profile_final_ensure_request_object_with_64_char_nonce_success(party, visitor):
    nonce = secrets.token_urlsafe(48)
    assert len(nonce) == 64
    finish(party, party.authorize(visitor, {"nonce": nonce}))


def test_fapi2_security_profile_final_ensure_other_scope_order_succeeds(party, visitor):
    backwards = " ".join(reversed(party.scope.split()))
    finish(party, party.authorize(visitor, {"scope": backwards}))


def test_fapi2_security_profile_final_test_claims_parameter_identity_claims(party, visitor):
    """Where the metadata does not offer `claims`, the parameter is ignored, as RFC 6749 section 3.1 has it."""
    supported = party.metadata().get("claims_parameter_supported", False)
    assert isinstance(supported, bool)
    asked = '{"userinfo": {"name": {"essential": true}}, "id_token": {"name": null, "unheard_of": null}}'
    flow = party.authorize(visitor, {"claims": asked})
    body = finish(party, flow)
    claims = expect.id_token_of(body, flow, party)
    told = party.resource(body["access_token"], party.endpoint("userinfo")).json()
    assert told["sub"] == claims["sub"]
    assert "unheard_of" not in claims
    if supported:
        assert "name" in {**claims, **told}


def test_fapi2_security_profile_final_access_token_type_header_case_sensitivity(party, visitor):
    body = party.tokens(visitor)
    for scheme in ("dPOP", "DPOP", "dpop"):
        expect.admitted(party.resource(body["access_token"], scheme=scheme))


def test_fapi2_security_profile_final_ensure_different_nonce_inside_and_outside_request_object(
    party, visitor
):
    flow = party.begin()
    assert party.push(flow).status == 201
    outcome = visitor.visit(party.address(flow, {"nonce": "outside"}))
    inner_wins_or_refused(outcome, flow, party)


def test_fapi2_security_profile_final_ensure_different_state_inside_and_outside_request_object(
    party, visitor
):
    flow = party.begin()
    assert party.push(flow).status == 201
    outcome = visitor.visit(party.address(flow, {"state": "outside"}))
    inner_wins_or_refused(outcome, flow, party)


def inner_wins_or_refused(outcome, flow, party):
    """What was pushed counts, or the difference is an error; what stands outside is never taken."""
    if isinstance(outcome, Page):
        expect.stopped(outcome)
    elif "error" in outcome.parameters:
        expect.sent_back(outcome, flow, party, "invalid_request")
    else:
        flow.callback = outcome
        finish(party, flow)


@pytest.mark.parametrize("length", [384])
def test_fapi2_security_profile_final_ensure_request_object_with_long_nonce(party, visitor, length):
    flow = party.begin({"nonce": secrets.token_hex(length // 2)})
    returned_whole_or_refused(party, visitor, flow)


@pytest.mark.parametrize("length", [384])
def test_fapi2_security_profile_final_ensure_request_object_with_long_state(party, visitor, length):
    flow = party.begin({"state": secrets.token_hex(length // 2)})
    returned_whole_or_refused(party, visitor, flow)


def returned_whole_or_refused(party, visitor, flow):
    """A long value comes back as it was, or the request is refused; never cut, never changed."""
    answer = party.push(flow)
    if answer.status != 201:
        expect.refused(answer, "invalid_request")
        return
    flow.callback = visitor.land(party.address(flow))
    finish(party, flow)


def test_fapi2_security_profile_final_state_only_outside_request_object_not_used(party, visitor):
    flow = party.begin({"state": GONE})
    assert party.push(flow).status == 201
    outcome = visitor.visit(party.address(flow, {"state": "outside"}))
    if isinstance(outcome, Page):
        expect.stopped(outcome)
        return
    assert isinstance(outcome, Callback)
    assert "state" not in outcome.parameters
    if "error" in outcome.parameters:
        expect.sent_back(outcome, flow, party, "invalid_request", "invalid_request_object", "access_denied")
    else:
        flow.callback = outcome
        finish(party, flow)


def test_fapi2_security_profile_final_par_without_duplicate_parameters(party, visitor):
    flow = party.begin()
    assert party.push(flow).status == 201
    url = party.address(flow)
    assert set(url.partition("?")[2].replace("=", "&").split("&")[::2]) == {"client_id", "request_uri"}
    flow.callback = visitor.land(url)
    finish(party, flow)


def test_fapi2_security_profile_final_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(
    city, party
):
    flow = party.begin()
    assert party.push(flow).status == 201
    url = party.address(flow)
    hesitant = city.visitor(signs_in=False)
    assert isinstance(hesitant.visit(url), Page)
    assert hesitant.seen == ["sign-in"]
    flow.callback = city.visitor().land(url)
    finish(party, flow)


def test_fapi2_security_profile_final_refresh_token(city, party, other, visitor):
    for client in (party, other):
        flow = client.authorize(visitor, {"prompt": "consent"})
        first = expect.issued(client.redeem(flow), flow, client)
        assert "refresh_token" in client.metadata()["grant_types_supported"]
        held = refreshed(client, flow, first)
        # FAPI 2.0 section 5.3.2.1-9: without rotation; the token that was given goes on working.
        assert held == first["refresh_token"]
        refreshed(client, flow, {**first, "refresh_token": held})
        without = client.refresh(held, with_proof=False)
        expect.refused(without, "invalid_client", "invalid_grant", "invalid_request")
        elsewhere = client.with_key(other.dpop if client is party else party.dpop)
        expect.refused(elsewhere.refresh(held), "invalid_grant", "invalid_request", "invalid_dpop_proof")
        refreshed(client, flow, {**first, "refresh_token": held})
    theirs = party.with_key(other.dpop)
    expect.refused(theirs.refresh(held), "invalid_grant")
    expect.refused(party.refresh(held), "invalid_grant", "invalid_dpop_proof")


def refreshed(client, flow, before):
    """A refresh that works: a new access token for the same person, and the refresh token that counts now."""
    answer = client.refresh(before["refresh_token"])
    assert answer.status == 200, answer.text
    body = answer.json()
    assert body["token_type"] == "DPoP"
    assert body["access_token"] != before["access_token"]
    expect.admitted(client.resource(body["access_token"]))
    if "id_token" in body:
        old = expect.id_token_of(before, flow, client)
        # OpenID Connect Core section 12.2: no nonce is wanted, and who signed in when has not changed.
        again = expect.verified(body["id_token"], client.jwks())[1]
        for name in ("iss", "sub", "aud", "auth_time"):
            assert again[name] == old[name]
        assert again["iat"] <= time.time() + 10
    return body.get("refresh_token", before["refresh_token"])
