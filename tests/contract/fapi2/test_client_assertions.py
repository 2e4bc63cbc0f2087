"""FAPI 2.0 Security Profile Final, server modules: how a client proves who it is, and how it cannot."""

import secrets

import pytest

from tests.support.fapi2 import expect
from tests.support.fapi2.relying_party import GONE

REFUSED = ("invalid_client", "invalid_request")


@pytest.fixture
def flow(party, visitor):
    """A code waiting to be redeemed."""
    return party.authorize(visitor)


def redeemed_with(party, flow, **how):
    """The code with an assertion of our making; then with a sound one, which proves that nothing else was wrong."""
    answer = party.redeem(flow, credentials=lambda: party.credentials(party.assertion(**how)))
    expect.refused(answer, *REFUSED)
    expect.issued(party.redeem(flow), flow, party)


def test_fapi2_security_profile_final_ensure_signed_client_assertion_with_RS256_fails(city, visitor):  # noqa: N802
    party = city.fapi_client("PS256")
    redeemed_with(party, party.authorize(visitor), header={"alg": "RS256"})


def test_fapi2_security_profile_final_ensure_client_assertion_in_token_endpoint(party, flow):
    answer = party.redeem(flow, credentials=lambda: {"client_id": party.client_id})
    expect.refused(answer, *REFUSED)
    expect.issued(party.redeem(flow), flow, party)


def test_fapi2_security_profile_final_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(
    party, flow
):
    now = int(party.clock())
    redeemed_with(party, flow, claims={"iat": now - 360, "exp": now - 300})


def test_fapi2_security_profile_final_ensure_client_assertion_with_wrong_aud_fails(party, flow):
    redeemed_with(party, flow, claims={"aud": "https://elsewhere.example/token"})


def test_fapi2_security_profile_final_ensure_client_assertion_with_no_sub_fails(party, flow):
    redeemed_with(party, flow, claims={"sub": GONE})


def test_fapi2_security_profile_final_ensure_client_id_in_token_endpoint(party, other, flow):
    """The second client's name, and an assertion in its name that the first client's key signed."""

    def credentials():
        claims = {"iss": other.client_id, "sub": other.client_id}
        return {**party.credentials(party.assertion(claims)), "client_id": other.client_id}

    expect.refused(party.redeem(flow, credentials=credentials), "invalid_client", "invalid_grant")
    expect.issued(party.redeem(flow), flow, party)


@pytest.mark.parametrize("claim", [("iat", "nbf")])
def test_fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(
    party, visitor, claim
):
    soon = int(party.clock()) + 8
    assertion = party.assertion(dict.fromkeys(claim, soon))
    flow = party.begin()
    answer = party.push(flow, credentials=lambda: party.credentials(assertion))
    assert answer.status == 201, answer.text
    flow.callback = visitor.land(party.address(flow))
    expect.issued(party.redeem(flow), flow, party)


@pytest.mark.parametrize("claims", [("iat", "nbf"), ("nbf",), ("iat",)])
def test_fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(
    party, claims
):
    far = int(party.clock()) + 61
    assertion = party.assertion({**dict.fromkeys(claims, far), "exp": far + 60})
    answer = party.push(party.begin(), credentials=lambda: party.credentials(assertion))
    expect.refused(answer, *REFUSED)


def pushed_for(party, audience):
    assertion = party.assertion({"aud": audience})
    return party.push(party.begin(), credentials=lambda: party.credentials(assertion))


def test_fapi2_security_profile_final_par_test_array_as_audience_fails(party):
    for audience in ([party.issuer, "https://elsewhere.example"], [party.issuer]):
        expect.refused(pushed_for(party, audience), *REFUSED)
    assert pushed_for(party, party.issuer).status == 201


def test_fapi2_security_profile_final_par_test_par_endpoint_url_as_audience_fails(party):
    expect.refused(pushed_for(party, party.endpoint("pushed_authorization_request")), *REFUSED)


def test_fapi2_security_profile_final_par_test_token_endpoint_url_as_audience_fails(party):
    expect.refused(pushed_for(party, party.endpoint("token")), *REFUSED)


def test_an_assertion_works_once_at_whichever_endpoint(party):
    """FAPI 2.0 section 5.3.2.1 leaves `jti` to RFC 7523; R13 of our own requirements does not."""
    assertion = party.assertion({"jti": secrets.token_urlsafe(8)})
    assert party.push(party.begin(), credentials=lambda: party.credentials(assertion)).status == 201
    expect.refused(party.push(party.begin(), credentials=lambda: party.credentials(assertion)), *REFUSED)
    answer = party.call("introspection", {"token": "x"}, credentials=lambda: party.credentials(assertion))
    expect.refused(answer, *REFUSED)
