"""FAPI 2.0 Security Profile Final, server modules: codes, verifiers and holders of keys at the token endpoint."""

import secrets
import time
from datetime import timedelta

import pytest

from tests.support.fapi2 import expect
from tests.support.fapi2.jose import new_key
from tests.support.fapi2.relying_party import GONE

UNBOUND = ("invalid_request", "invalid_grant", "invalid_dpop_proof")


@pytest.fixture
def flow(party, visitor):
    """A code waiting to be redeemed."""
    return party.authorize(visitor)


def test_fapi2_security_profile_final_ensure_holder_of_key_required(party, flow):
    """TLS itself is not ours: it ends at the balancer in front (docs/conformance.md)."""
    expect.refused(party.redeem(flow, with_proof=False), *UNBOUND)
    expect.issued(party.redeem(flow), flow, party)


def test_fapi2_security_profile_final_ensure_authorization_code_is_bound_to_client(party, other, flow):
    expect.refused(other.redeem(flow), "invalid_grant")
    expect.issued(party.redeem(flow), flow, party)


def test_fapi2_security_profile_final_attempt_reuse_authorization_code_after_one_second(city, party, flow):
    body = expect.issued(party.redeem(flow), flow, party)
    expect.admitted(party.resource(body["access_token"]))
    with city.later(timedelta(seconds=1)):
        expect.refused(party.redeem(flow), "invalid_grant")
        # RFC 6749 section 4.1.2: what the code brought ends with it.
        expect.turned_away(party.resource(body["access_token"]), "invalid_token")
        expect.refused(party.refresh(body["refresh_token"]), "invalid_grant")


def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_expired_auth_code(city, party, flow):
    with city.later(timedelta(seconds=62)):
        expect.refused(party.redeem(flow), "invalid_grant")


def test_fapi2_security_profile_final_ensure_pkce_code_verifier_required(party, flow):
    expect.refused(party.redeem(flow, {"code_verifier": GONE}), "invalid_grant")


def test_fapi2_security_profile_final_incorrect_pkce_code_verifier_rejected(party, flow):
    expect.refused(party.redeem(flow, {"code_verifier": secrets.token_urlsafe(48)}), "invalid_grant")
    # Who has the code but not the verifier cannot burn the code.
    expect.issued(party.redeem(flow), flow, party)


# Authorization codes bound to a DPoP key (RFC 9449 section 10).


def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(
    party, visitor
):
    flow = party.authorize(visitor, with_proof=True)
    expect.refused(party.with_key(new_key()).redeem(flow), *UNBOUND)
    expect.issued(party.redeem(flow), flow, party)


def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(
    party, other, visitor
):
    flow = party.authorize(visitor, {"dpop_jkt": other.dpop.thumbprint})
    expect.refused(party.redeem(flow), *UNBOUND)


def test_fapi2_security_profile_final_ensure_dpopproof_at_par_endpoint_binding_success(party, visitor):
    flow = party.authorize(visitor, with_proof=True)
    body = expect.issued(party.redeem(flow), flow, party)
    expect.admitted(party.resource(body["access_token"]))


def test_fapi2_security_profile_final_ensure_dpop_auth_code_binding_success(party, visitor):
    flow = party.authorize(visitor, {"dpop_jkt": party.dpop.thumbprint}, with_proof=True)
    body = expect.issued(party.redeem(flow), flow, party)
    expect.admitted(party.resource(body["access_token"]))


# Times in proofs.


def with_times(party, visitor, **offsets):
    """The whole flow with proofs whose times lie off by so many seconds, at every endpoint that takes one."""

    def proof(method, url, access_token=None):
        now = int(time.time())
        claims = {name: now + by for name, by in offsets.items()}
        return party.proof(method, url, access_token=access_token, claims=claims)

    flow = party.authorize(visitor, with_proof=True, proof=proof)
    body = expect.issued(party.redeem(flow, proof=proof), flow, party)
    token = body["access_token"]
    expect.admitted(party.resource(token, proof=lambda method, url: [("DPoP", proof(method, url, token))]))


def test_fapi2_security_profile_final_check_dpop_proof_nbf_exp(party, visitor):
    with_times(party, visitor, nbf=0, exp=300)


def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_before_succeeds(party, visitor):
    with_times(party, visitor, iat=-10)


def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_after_succeeds(party, visitor):
    with_times(party, visitor, iat=9)
