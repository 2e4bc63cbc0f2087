"""A client's back end: authenticates with its key, pushes requests, redeems codes and calls the city's services.

Standard: RFC 7523 (private_key_jwt), RFC 9126 (PAR), RFC 7636 (PKCE), RFC 9449 (DPoP), RFC 9207 (`iss`).
"""

import hashlib
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from tests.support.fapi2.http import Answer, Headers, post, send
from tests.support.fapi2.jose import Key, b64, new_key
from tests.support.fapi2.visitor import Callback, Visitor, with_query

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RESOURCE = "/ebills/v1/bills"
Changes = Mapping[str, Any]
NOTHING: Changes = {}
GONE = object()


def changed(given: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """Some values replaced, and those that are GONE left out."""
    return {name: value for name, value in {**given, **changes}.items() if value is not GONE}


@dataclass
class Flow:
    """One authorization in progress: what was asked, and what only the client knows."""

    verifier: str
    parameters: dict[str, Any]
    request_uri: str | None = None
    callback: Callback | None = None

    @property
    def code(self) -> str:
        """The code that came back."""
        assert self.callback is not None
        return self.callback.code


@dataclass
class RelyingParty:
    """One registered client with its keys."""

    base_url: str
    client_id: str
    redirect_uri: str
    scope: str
    key: Key | None = None
    secret: str | None = None
    uses_par: bool = True
    dpop: Key | None = field(default_factory=new_key)
    nonce: str | None = None
    clock: Callable[[], float] = time.time

    # What it reads about the server.

    @property
    def issuer(self) -> str:
        """The server's name."""
        return self.base_url

    def metadata(self) -> dict[str, Any]:
        """The discovery document."""
        return send("GET", f"{self.base_url}/.well-known/openid-configuration").json()

    def endpoint(self, name: str) -> str:
        """The address of an endpoint, as the metadata has it."""
        return str(self.metadata()[f"{name}_endpoint"])

    def jwks(self) -> dict[str, Any]:
        """The server's public keys."""
        return send("GET", self.metadata()["jwks_uri"]).json()

    # How it proves who it is.

    def assertion(self, claims: Changes = NOTHING, header: Changes = NOTHING, key: Key | None = None) -> str:
        """A client assertion, with changes."""
        key = key or self.key
        assert key is not None
        now = int(self.clock())
        held = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        return key.sign(changed({"alg": key.alg, "kid": key.kid}, header), changed(held, claims))

    def credentials(self, assertion: str | None = None) -> dict[str, str]:
        """The form fields that authenticate this client."""
        if self.key is None:
            return {} if self.secret else {"client_id": self.client_id}
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion or self.assertion()}

    def basic(self) -> Headers:
        """The header that authenticates a client with a secret."""
        if self.secret is None:
            return []
        pair = b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return [("Authorization", f"Basic {pair}")]

    def proof(
        self,
        method: str,
        url: str,
        *,
        access_token: str | None = None,
        claims: Changes = NOTHING,
        header: Changes = NOTHING,
        key: Key | None = None,
    ) -> str:
        """A DPoP proof for one request, with changes."""
        key = key or self.dpop
        assert key is not None
        held: dict[str, Any] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": url.partition("?")[0],
            "iat": int(self.clock()),
        }
        if self.nonce is not None:
            held["nonce"] = self.nonce
        if access_token is not None:
            held["ath"] = b64(hashlib.sha256(access_token.encode()).digest())
        head = {"typ": "dpop+jwt", "alg": key.alg, "jwk": key.bare_jwk}
        return key.sign(changed(head, header), changed(held, claims))

    # The requests, each repeated once when the server asks for a fresh nonce.

    def with_nonce(self, attempt: Callable[[], Answer]) -> Answer:
        """Send; when the answer is `use_dpop_nonce`, take the nonce and send once more (RFC 9449 section 8)."""
        answer = attempt()
        fresh = answer.header("DPoP-Nonce")
        if fresh is not None:
            self.nonce = fresh
        if fresh is not None and wants_nonce(answer):
            answer = attempt()
            self.nonce = answer.header("DPoP-Nonce") or self.nonce
        return answer

    def call(
        self,
        endpoint: str,
        form: Mapping[str, str],
        *,
        with_proof: bool = True,
        proof: Callable[[str, str], str] | None = None,
        credentials: Callable[[], Mapping[str, str]] | None = None,
    ) -> Answer:
        """POST to an endpoint of the server, authenticated, with a proof where one is due."""
        url = self.endpoint(endpoint)
        make = proof or self.proof

        def attempt() -> Answer:
            shows = with_proof and self.dpop is not None
            headers = [*self.basic(), *([("DPoP", make("POST", url))] if shows else [])]
            return post(url, {**form, **(credentials or self.credentials)()}, headers=headers)

        return self.with_nonce(attempt)

    def begin(self, changes: Changes = NOTHING) -> Flow:
        """The parameters of an authorization request, with changes."""
        verifier = secrets.token_urlsafe(48)
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": secrets.token_urlsafe(12),
            "nonce": secrets.token_urlsafe(12),
            "code_challenge": b64(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        return Flow(verifier, changed(parameters, changes))

    def push(self, flow: Flow, *, with_proof: bool = False, **how: Any) -> Answer:
        """Push the request."""
        answer = self.call("pushed_authorization_request", flow.parameters, with_proof=with_proof, **how)
        if answer.status == 201:
            flow.request_uri = answer.json()["request_uri"]
        return answer

    def address(self, flow: Flow, changes: Changes = NOTHING) -> str:
        """Where the browser is sent."""
        asked = (
            flow.parameters
            if flow.request_uri is None
            else {"client_id": self.client_id, "request_uri": flow.request_uri}
        )
        return with_query(self.endpoint("authorization"), changed(asked, changes))

    def authorize(self, visitor: Visitor, changes: Changes = NOTHING, **how: Any) -> Flow:
        """Ask, and bring the person's yes back: everything up to the code."""
        flow = self.begin(changes)
        if self.uses_par:
            answer = self.push(flow, **how)
            assert answer.status == 201, answer.text
        flow.callback = visitor.land(self.address(flow))
        return flow

    def redeem(self, flow: Flow, changes: Changes = NOTHING, **how: Any) -> Answer:
        """Exchange the code."""
        form = {
            "grant_type": "authorization_code",
            "code": flow.code,
            "redirect_uri": flow.parameters["redirect_uri"],
            "code_verifier": flow.verifier,
        }
        return self.call("token", changed(form, changes), **how)

    def tokens(self, visitor: Visitor, changes: Changes = NOTHING) -> dict[str, Any]:
        """The whole flow."""
        answer = self.redeem(self.authorize(visitor, changes))
        assert answer.status == 200, answer.text
        return answer.json()

    def refresh(self, refresh_token: str, changes: Changes = NOTHING, **how: Any) -> Answer:
        """Use a refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.call("token", changed(form, changes), **how)

    def introspect(self, token: str) -> dict[str, Any]:
        """Ask the server about a token."""
        answer = self.call("introspection", {"token": token}, with_proof=False)
        assert answer.status == 200, answer.text
        return answer.json()

    def resource(
        self,
        access_token: str,
        url: str | None = None,
        *,
        scheme: str | None = None,
        method: str = "GET",
        more: Headers = (),
        proof: Callable[[str, str], list[tuple[str, str]]] | None = None,
    ) -> Answer:
        """Call a protected resource; `proof` makes the proof's header, or several, or none."""
        url = url or f"{self.base_url}{RESOURCE}"
        scheme = scheme or ("DPoP" if self.dpop else "Bearer")

        def attempt() -> Answer:
            shown: list[tuple[str, str]] = []
            if proof is not None:
                shown = proof(method, url)
            elif self.dpop is not None:
                shown = [("DPoP", self.proof(method, url, access_token=access_token))]
            return send(method, url, headers=[("Authorization", f"{scheme} {access_token}"), *shown, *more])

        return self.with_nonce(attempt)

    def with_key(self, key: Key) -> "RelyingParty":
        """The same client proving possession of another key."""
        return replace(self, dpop=key)


def wants_nonce(answer: Answer) -> bool:
    """Whether the server asks for a proof over its nonce: in the body, or at a resource in the challenge."""
    if answer.status == 401 and 'error="use_dpop_nonce"' in (answer.header("WWW-Authenticate") or ""):
        return True
    return answer.status in {400, 401} and '"use_dpop_nonce"' in answer.text


def origin_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
