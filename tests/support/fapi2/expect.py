"""What answers must look like, whichever endpoint gave them."""

import hashlib
import math
import re
import time
from collections import Counter
from typing import Any

from tests.support.fapi2.http import Answer
from tests.support.fapi2.jose import b64, verified
from tests.support.fapi2.relying_party import Flow, RelyingParty
from tests.support.fapi2.visitor import Callback, Page

# RFC 6749 section 5.2: %x20-21 / %x23-5B / %x5D-7E.
TEXT = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")
TOKEN = re.compile(r"[\x20-\x7e]+")
HOUR = 3600


def refused(answer: Answer, *errors: str, status: int | tuple[int, ...] = 400) -> dict[str, Any]:
    """An error body of RFC 6749 section 5.2 with one of these codes; `invalid_client` may be 401."""
    allowed = {status} if isinstance(status, int) else set(status)
    body = answer.json()
    assert body["error"] in errors, answer.text
    if body["error"] == "invalid_client":
        allowed |= {401}
    assert answer.status in allowed, f"{answer.status} {answer.text}"
    assert answer.header("Cache-Control") == "no-store"
    assert TEXT.fullmatch(body["error"])
    assert TEXT.fullmatch(body.get("error_description", "-"))
    assert set(body) <= {"error", "error_description", "error_uri"}
    if answer.status == 401:
        assert answer.header("WWW-Authenticate")
    return body


def sent_back(callback: Callback | Page, flow: Flow, party: RelyingParty, *errors: str) -> None:
    """An error in the redirect to the client, with the state that was sent and the issuer's name."""
    assert isinstance(callback, Callback), f"{callback.status} {callback.text[:400]}"
    told = callback.parameters
    assert callback.address == flow.parameters["redirect_uri"].partition("?")[0]
    assert told["error"] in errors, told
    assert told["iss"] == party.issuer
    assert told.get("state") == flow.parameters.get("state")
    assert "code" not in told
    assert TEXT.fullmatch(told.get("error_description", "-"))
    dummies = {"dummy1", "dummy2"} if "?" in flow.parameters["redirect_uri"] else set()
    assert set(told) - {"error", "error_description", "error_uri", "state", "iss"} == dummies


def stopped(outcome: Callback | Page) -> None:
    """A page that says no, and no redirect."""
    assert isinstance(outcome, Page), "the browser was redirected"
    assert 400 <= outcome.status < 500
    assert "<html" in outcome.text


def came_back(flow: Flow, party: RelyingParty) -> None:
    """A sound authorization response: the code with its entropy, the state, the issuer, nothing else."""
    callback = flow.callback
    assert callback is not None
    told = callback.parameters
    assert told["iss"] == party.issuer
    assert told.get("state") == flow.parameters.get("state")
    assert callback.address == flow.parameters["redirect_uri"].partition("?")[0]
    dummies = {"dummy1", "dummy2"} if "?" in flow.parameters["redirect_uri"] else set()
    assert set(told) == {"code", "iss", *dummies} | ({"state"} if "state" in flow.parameters else set())
    assert entropy(told["code"]) >= 96


def entropy(text: str) -> float:
    """Shannon's bits of a text by its own frequencies, as the conformance suite estimates them."""
    counted = Counter(text)
    each = -sum(many / len(text) * math.log2(many / len(text)) for many in counted.values())
    return each * len(text)


def issued(answer: Answer, flow: Flow, party: RelyingParty) -> dict[str, Any]:
    """A sound token response: type, life, scope, entropy, and an ID token that verifies."""
    assert answer.status == 200, answer.text
    assert answer.header("Cache-Control") == "no-store"
    body = answer.json()
    assert body["token_type"] == ("DPoP" if party.dpop else "Bearer")
    assert isinstance(body["expires_in"], int)
    assert 0 < body["expires_in"] <= HOUR
    assert TOKEN.fullmatch(body["access_token"])
    assert entropy(body["access_token"]) >= 96
    assert set(body.get("scope", flow.parameters["scope"]).split()) <= set(flow.parameters["scope"].split())
    if "openid" in flow.parameters["scope"].split():
        id_token_of(body, flow, party)
    if "refresh_token" in body:
        assert re.fullmatch(r"[\x20-\x7e]+", body["refresh_token"])
    if party.dpop is not None:
        _, claims = verified(body["access_token"], party.jwks())
        assert claims["cnf"]["jkt"] == party.dpop.thumbprint
    return body


def id_token_of(body: dict[str, Any], flow: Flow, party: RelyingParty) -> dict[str, Any]:
    """The claims of a sound ID token of this very flow."""
    _, claims = verified(body["id_token"], party.jwks())
    now = time.time()
    assert claims["iss"] == party.issuer
    audience = claims["aud"]
    assert audience in (party.client_id, [party.client_id])
    assert claims.get("azp", party.client_id) == party.client_id
    assert now - 300 < claims["iat"] <= now + 10
    assert now < claims["exp"] <= now + 24 * HOUR
    assert isinstance(claims["sub"], str)
    assert 0 < len(claims["sub"]) <= 255
    assert claims["sub"].isascii()
    assert claims.get("nonce") == flow.parameters.get("nonce")
    assert isinstance(claims["acr"], str)
    assert claims["auth_time"] <= now + 10
    half = hashlib.sha256(body["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == b64(half)
    return claims


def admitted(answer: Answer) -> None:
    """The resource answered."""
    assert answer.status == 200, f"{answer.status} {answer.text[:300]} {answer.header('WWW-Authenticate')}"
    assert isinstance(answer.json()["items"], list)


def turned_away(answer: Answer, *errors: str) -> None:
    """401 at a resource, with the reason in the challenge (RFC 6750 section 3, RFC 9449 section 7.1)."""
    assert answer.status == 401, f"{answer.status} {answer.text[:300]}"
    challenge = answer.header("WWW-Authenticate") or ""
    assert any(f'error="{error}"' in challenge for error in errors), challenge
