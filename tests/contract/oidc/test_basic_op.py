"""The OpenID Foundation's Basic OP modules, black box over HTTP; docs/conformance.md says which is which.

The client authenticates with `client_secret_basic`, as the certification plan has it; PKCE is always there, because
no client may do without.
"""

import secrets
import time
from datetime import timedelta

import pytest

from services.database.roles import Role
from services.database.session import Opening
from services.vault.signing import rotate_signing_keys
from tests.support.fapi2 import expect
from tests.support.fapi2.http import post, send
from tests.support.fapi2.jose import compact, opened, verified
from tests.support.fapi2.relying_party import GONE
from tests.support.fapi2.visitor import Callback, Page


@pytest.fixture
def party(city):
    return city.client()


@pytest.fixture
def visitor(city):
    return city.visitor()


def flow_of(party, visitor, **changes):
    flow = party.authorize(visitor, changes)
    expect.came_back(flow, party)
    return flow


def whole(party, visitor, **changes):
    """A flow to its end: what the token endpoint said, and the claims of the ID token."""
    flow = flow_of(party, visitor, **changes)
    body = expect.issued(party.redeem(flow), flow, party)
    return body, expect.id_token_of(body, flow, party)


def userinfo(party, token, method="GET"):
    return send(method, party.endpoint("userinfo"), headers=[("Authorization", f"Bearer {token}")])


def test_oidcc_server(party, visitor):
    body, claims = whole(party, visitor)
    answer = userinfo(party, body["access_token"])
    assert answer.status == 200
    assert answer.json()["sub"] == claims["sub"]
    expect.admitted(party.resource(body["access_token"]))


def test_oidcc_response_type_missing(party, visitor):
    flow = party.begin({"response_type": GONE})
    expect.sent_back(
        visitor.visit(party.address(flow)), flow, party, "invalid_request", "unsupported_response_type"
    )


def test_oidcc_idtoken_signature(party, visitor):
    body, _ = whole(party, visitor)
    header, _ = verified(body["id_token"], party.jwks())
    assert header["alg"] in party.metadata()["id_token_signing_alg_values_supported"]
    assert header["kid"]
    kids = [key["kid"] for key in party.jwks()["keys"]]
    assert len(set(kids)) == len(kids)


def test_oidcc_userinfo_get(party, visitor):
    body, claims = whole(party, visitor)
    answer = userinfo(party, body["access_token"])
    assert answer.status == 200
    told = answer.json()
    assert told["sub"] == claims["sub"]
    assert all(isinstance(value, str) for name, value in told.items() if name in {"name", "sub"})


def test_oidcc_userinfo_post_header(party, visitor):
    body, claims = whole(party, visitor)
    answer = userinfo(party, body["access_token"], method="POST")
    assert answer.status == 200
    assert answer.json()["sub"] == claims["sub"]


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(party, visitor):
    _, claims = whole(party, visitor, nonce=GONE)
    assert "nonce" not in claims


def test_oidcc_scope_profile(party, visitor):
    body, claims = whole(party, visitor, scope="openid profile")
    told = userinfo(party, body["access_token"]).json()
    assert told["sub"] == claims["sub"]
    assert told["name"]
    assert "email" not in told
    assert "address" not in told


def test_oidcc_ensure_other_scope_order_succeeds(party, visitor):
    body, _ = whole(party, visitor, scope="ebills:read profile openid")
    assert set(body["scope"].split()) == {"ebills:read", "profile", "openid"}


@pytest.mark.parametrize("display", ["page"])
def test_oidcc_display_page(party, visitor, display):
    whole(party, visitor, display=display)


@pytest.mark.parametrize("display", ["popup"])
def test_oidcc_display_popup(party, visitor, display):
    whole(party, visitor, display=display)


def test_oidcc_prompt_login(party, visitor):
    _, first = whole(party, visitor)
    time.sleep(1.1)
    visitor.seen.clear()
    _, second = whole(party, visitor, prompt="login")
    assert "sign-in" in visitor.seen
    assert second["sub"] == first["sub"]
    assert second["auth_time"] > first["auth_time"]


def test_oidcc_prompt_none_not_logged_in(party, visitor):
    flow = party.begin({"prompt": "none"})
    outcome = visitor.visit(party.address(flow))
    expect.sent_back(outcome, flow, party, "login_required", "interaction_required")
    assert visitor.seen == []


def test_oidcc_prompt_none_logged_in(party, visitor):
    _, first = whole(party, visitor, scope="openid")
    visitor.seen.clear()
    _, second = whole(party, visitor, scope="openid", prompt="none")
    assert visitor.seen == []
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_oidcc_max_age_1(party, visitor):
    _, first = whole(party, visitor)
    time.sleep(2.1)
    visitor.seen.clear()
    asked_at = int(time.time())
    _, second = whole(party, visitor, max_age="1")
    assert "sign-in" in visitor.seen
    assert second["auth_time"] > first["auth_time"]
    assert second["auth_time"] >= asked_at


def test_oidcc_max_age_10000(party, visitor):
    _, first = whole(party, visitor)
    visitor.seen.clear()
    _, second = whole(party, visitor, max_age="10000")
    assert "sign-in" not in visitor.seen
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(party, visitor):
    whole(party, visitor, extra="foobar")


def test_oidcc_id_token_hint(party, visitor):
    body, first = whole(party, visitor)
    visitor.seen.clear()
    _, second = whole(party, visitor, id_token_hint=body["id_token"], prompt="none")
    assert visitor.seen == []
    assert second["sub"] == first["sub"]


def test_oidcc_login_hint(party, visitor):
    whole(party, visitor, login_hint="somebody@example.test")


def test_oidcc_ui_locales(party, visitor):
    whole(party, visitor, ui_locales="se")


def test_oidcc_claims_locales(party, visitor):
    whole(party, visitor, claims_locales="se")


def test_oidcc_ensure_request_with_acr_values_succeeds(party, visitor):
    _, claims = whole(party, visitor, acr_values="1 2")
    assert claims["acr"] in party.metadata()["acr_values_supported"]


def test_oidcc_codereuse(party, visitor):
    flow = flow_of(party, visitor)
    expect.issued(party.redeem(flow), flow, party)
    expect.refused(party.redeem(flow), "invalid_grant")


def test_oidcc_codereuse_30seconds(party, visitor, city):
    flow = flow_of(party, visitor)
    body = expect.issued(party.redeem(flow), flow, party)
    assert userinfo(party, body["access_token"]).status == 200
    with city.later(timedelta(seconds=30)):
        expect.refused(party.redeem(flow), "invalid_grant")
    # RFC 6749 section 4.1.2: what the code brought ends with it.
    assert userinfo(party, body["access_token"]).status == 401
    expect.refused(party.refresh(body["refresh_token"]), "invalid_grant")


def test_oidcc_ensure_registered_redirect_uri(party, visitor):
    flow = party.begin({"redirect_uri": f"{party.redirect_uri}/{secrets.token_hex(4)}"})
    expect.stopped(visitor.visit(party.address(flow)))


def test_oidcc_ensure_post_request_succeeds(party, visitor):
    flow = party.begin()
    answer = post(party.endpoint("authorization"), flow.parameters)
    assert answer.status == 303
    flow.callback = visitor.land(f"{party.base_url}{answer.header('Location')}")
    expect.came_back(flow, party)
    expect.issued(party.redeem(flow), flow, party)


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(party, visitor):
    flow = party.begin()
    inside = compact({"alg": "none"}, {**flow.parameters, "state": "inside"}, lambda _: b"")
    outcome = visitor.visit(party.address(flow, {"request": inside}))
    expect.sent_back(
        outcome, flow, party, "request_not_supported", "invalid_request_object", "invalid_request"
    )


def test_oidcc_ensure_request_object_with_redirect_uri(party, visitor):
    """An address that stands only inside an unsigned request object is never gone to."""
    flow = party.begin()
    elsewhere = f"{party.redirect_uri}/{secrets.token_hex(4)}"
    inside = compact({"alg": "none"}, {**flow.parameters, "redirect_uri": elsewhere}, lambda _: b"")
    outcome = visitor.visit(party.address(flow, {"request": inside}))
    assert isinstance(outcome, Page) or outcome.address == party.redirect_uri
    if isinstance(outcome, Callback):
        assert "code" not in outcome.parameters


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(party, visitor):
    flow = party.begin()
    outcome = visitor.visit(party.address(flow, {"request_uri": "https://client.example/request.jwt"}))
    errors = ("request_uri_not_supported", "invalid_request_uri", "invalid_request")
    if isinstance(outcome, Page):
        expect.stopped(outcome)
    else:
        expect.sent_back(outcome, flow, party, *errors)


def test_oidcc_refresh_token(party, visitor, city):
    body, first = whole(party, visitor)
    answer = party.refresh(body["refresh_token"])
    assert answer.status == 200, answer.text
    renewed = answer.json()
    assert renewed["access_token"] != body["access_token"]
    assert userinfo(party, renewed["access_token"]).status == 200
    if "id_token" in renewed:
        _, claims = verified(renewed["id_token"], party.jwks())
        for name in ("iss", "sub", "aud", "auth_time", "azp"):
            assert claims[name] == first[name]
        assert claims["iat"] >= first["iat"]
        assert "nonce" not in claims or claims["nonce"] == first["nonce"]
    # A refresh token is bound to its client.
    stranger = city.client()
    theirs = renewed.get("refresh_token", body["refresh_token"])
    expect.refused(stranger.refresh(theirs), "invalid_grant")


def test_oidcc_ensure_request_with_valid_pkce_succeeds(party, visitor):
    flow = flow_of(party, visitor)
    assert flow.parameters["code_challenge_method"] == "S256"
    expect.issued(party.redeem(flow), flow, party)


def test_oidcc_server_rotate_keys(party, visitor, city):
    """A new signing key is published before its first use, beside the old one, and tokens of both verify."""
    body, _ = whole(party, visitor)
    published = {key["kid"] for key in party.jwks()["keys"]}
    with city.database.transaction(Opening(role=Role.WORKER)) as session:
        rotate_signing_keys(session)
    later, _ = whole(party, visitor)
    before, after = opened(body["id_token"])[0]["kid"], opened(later["id_token"])[0]["kid"]
    assert before != after
    assert after in published
    assert before in {key["kid"] for key in party.jwks()["keys"]}
    verified(body["id_token"], party.jwks())
    assert userinfo(party, body["access_token"]).status == 200
    assert userinfo(party, later["access_token"]).status == 200
