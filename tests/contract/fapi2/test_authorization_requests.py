"""FAPI 2.0 Security Profile Final, server modules: authorization requests that must be refused."""

import secrets
from datetime import timedelta

import pytest

from tests.support.fapi2 import expect
from tests.support.fapi2.http import send
from tests.support.fapi2.relying_party import GONE
from tests.support.fapi2.visitor import Page


def refused_or_stopped(outcome, flow, party, *errors):
    """A page that says no, or the error at the client."""
    if isinstance(outcome, Page):
        expect.stopped(outcome)
    else:
        expect.sent_back(outcome, flow, party, *errors)


def test_fapi2_security_profile_final_ensure_unsigned_authorization_request_without_using_par_fails(
    party, visitor
):
    flow = party.begin()
    assert flow.request_uri is None
    refused_or_stopped(visitor.visit(party.address(flow)), flow, party, "invalid_request")
    assert "consent" not in visitor.seen


def test_fapi2_security_profile_final_ensure_request_object_without_redirect_uri_fails(party):
    answer = party.push(party.begin({"redirect_uri": GONE}))
    expect.refused(answer, "invalid_request", "invalid_request_object")


def test_fapi2_security_profile_final_ensure_redirect_uri_in_authorization_request(party):
    answer = party.push(party.begin({"redirect_uri": ""}))
    expect.refused(answer, "invalid_request", "invalid_request_object")


@pytest.mark.parametrize("change", ["path", "query", "port", "case", "userinfo", "fragment", "host"])
def test_fapi2_security_profile_final_plain_fapi_ensure_registered_redirect_uri(party, change):
    """RFC 9126 section 2.4 would let an address through that nobody registered; this server does not."""
    registered = party.redirect_uri
    uri = {
        "path": f"{registered}/{secrets.token_hex(4)}",
        "query": f"{registered}?{secrets.token_hex(4)}",
        "port": registered.replace("client.example", "client.example:8443"),
        "case": registered.replace("callback", "Callback"),
        "userinfo": registered.replace("client.example", "a@client.example"),
        "fragment": f"{registered}#a",
        "host": registered.replace("client.example", "client.example.evil.example"),
    }[change]
    expect.refused(
        party.push(party.begin({"redirect_uri": uri})), "invalid_request", "invalid_request_object"
    )


@pytest.mark.parametrize("response_type", ["code id_token"])
def test_fapi2_security_profile_final_ensure_response_type_code_idtoken_fails(party, response_type):
    answer = party.push(party.begin({"response_type": response_type}))
    expect.refused(answer, "unsupported_response_type", "invalid_request", "unauthorized_client")


@pytest.mark.parametrize("response_type", ["token"])
def test_fapi2_security_profile_final_ensure_response_type_token_fails(party, response_type):
    answer = party.push(party.begin({"response_type": response_type}))
    expect.refused(answer, "unsupported_response_type", "invalid_request", "unauthorized_client")


def test_fapi2_security_profile_final_par_attempt_reuse_request_uri(party, visitor):
    flow = party.begin()
    assert party.push(flow).status == 201
    url = party.address(flow)
    flow.callback = visitor.land(url)
    expect.issued(party.redeem(flow), flow, party)
    refused_or_stopped(visitor.visit(url), flow, party, "invalid_request_uri")


def test_fapi2_security_profile_final_par_attempt_to_use_expired_request_uri(city, party, visitor):
    flow = party.begin()
    answer = party.push(flow)
    lasts = answer.json()["expires_in"]
    assert 5 <= lasts <= 600
    with city.later(timedelta(seconds=lasts + 1)):
        refused_or_stopped(visitor.visit(party.address(flow)), flow, party, "invalid_request_uri")


def test_fapi2_security_profile_final_par_attempt_to_use_request_uri_for_different_client(
    party, other, visitor
):
    flow = party.begin()
    assert party.push(flow).status == 201
    outcome = visitor.visit(party.address(flow, {"client_id": other.client_id}))
    errors = ("invalid_request", "invalid_request_object", "invalid_request_uri")
    refused_or_stopped(outcome, flow, party, *errors)
    assert "consent" not in visitor.seen
    # The honest client's request is not spent by that.
    flow.callback = visitor.land(party.address(flow))
    expect.issued(party.redeem(flow), flow, party)


def test_fapi2_security_profile_final_par_authorization_request_containing_request_uri_form_param(party):
    uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(24)}"
    answer = party.push(party.begin({"request_uri": uri}))
    expect.refused(answer, "invalid_request", "invalid_request_object", "request_uri_not_supported")


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE", "PATCH"])
def test_fapi2_security_profile_final_par_attempt_invalid_http_method(party, method):
    answer = send(method, party.endpoint("pushed_authorization_request"))
    assert answer.status == 405
    assert "POST" in (answer.header("Allow") or "")


def test_fapi2_security_profile_final_par_ensure_pkce_required(party):
    changes = {"code_challenge": GONE, "code_challenge_method": GONE}
    expect.refused(party.push(party.begin(changes)), "invalid_request")


def test_fapi2_security_profile_final_par_plain_pkce_rejected(party):
    verifier = secrets.token_urlsafe(48)
    for method in ("plain", GONE):
        changes = {"code_challenge": verifier, "code_challenge_method": method}
        expect.refused(party.push(party.begin(changes)), "invalid_request")


def test_fapi2_security_profile_final_ensure_mismatched_dpop_jkt_fails(party, other):
    flow = party.begin({"dpop_jkt": other.dpop.thumbprint})
    expect.refused(party.push(flow, with_proof=True), "invalid_request", "invalid_dpop_proof")
