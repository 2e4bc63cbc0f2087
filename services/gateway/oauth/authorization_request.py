"""The authorization request: read from the query, checked rule by rule, before anybody is asked anything.

Standard: RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2, RFC 9700 section 2.1.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from services.database.session import Session
from services.gateway.clients import Client, find_client
from services.gateway.oauth import pkce
from services.gateway.oauth.acr_request import ANY_ACR, AcrRequest, read_acr_request
from services.gateway.oauth.authorization_details import Details, read_details, scopes_of
from services.gateway.oauth.claims_request import NOTHING, Wanted, read_claims_request
from services.gateway.oauth.dpop import THUMBPRINT
from services.gateway.oauth.errors import (
    InvalidRequest,
    InvalidScope,
    OAuthError,
    RegistrationNotSupported,
    UnauthorizedClient,
    UnknownAsker,
    UnsupportedResponseType,
)
from services.gateway.oauth.handles import Handle
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.parameters import Parameters
from services.gateway.oauth.smart.request import check_audience, read_launch

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request that may be put before a person."""

    client: Client
    redirect_uri: str
    scopes: tuple[str, ...]
    code_challenge: str
    state: str | None
    nonce: str | None
    resources: tuple[str, ...]
    prompts: frozenset[str]
    max_age: int | None
    id_token_hint: str | None
    dpop_jkt: str | None
    acr_request: AcrRequest = ANY_ACR
    details: Details = ()
    wanted: Wanted = NOTHING
    launch: Handle | None = None

    @property
    def is_silent(self) -> bool:
        """Whether the client asked not to show any page."""
        return "none" in self.prompts


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and where the answer goes: known before anything may be redirected."""

    client: Client
    redirect_uri: str
    state: str | None
    issuer: str

    def answer(self, **values: str) -> str:
        """The redirect that carries an answer, with `state` and `iss` always.

        Standard: RFC 6749 section 4.1.2, RFC 9207 section 2.
        """
        pairs = {**values, **({"state": self.state} if self.state else {}), "iss": self.issuer}
        separator = "&" if "?" in self.redirect_uri else "?"
        return f"{self.redirect_uri}{separator}{urlencode(pairs)}"

    def answer_error(self, error: OAuthError) -> str:
        """The redirect that carries an error."""
        return self.answer(error=error.error, error_description=error.description)


def read_asker(session: Session, issuer: Issuer, parameters: Parameters) -> Asker:
    """Who asks, and the registered address the answer goes to.

    Raises: UnknownAsker, which is a page: a redirect to an unproven address would serve a thief.
    """
    if parameters.faulty & {"client_id", "redirect_uri"}:
        raise UnknownAsker
    client_id, redirect_uri = parameters.get("client_id"), parameters.get("redirect_uri")
    client = find_client(session, client_id) if client_id else None
    if client is None or redirect_uri is None or not client.owns_redirect_uri(redirect_uri):
        raise UnknownAsker
    return Asker(client, redirect_uri, parameters.get("state"), issuer.base_url)


def read_request(
    issuer: Issuer, parameters: Parameters, asker: Asker, *, is_pushed: bool
) -> AuthorizationRequest:
    """The whole request of a known asker; `is_pushed` says whether the client sent it directly.

    Raises: OAuthError, which travels back in a redirect.
    """
    parameters.refuse_faulty()
    if parameters.get("registration") is not None:
        raise RegistrationNotSupported("The registration parameter is not supported.")
    client = asker.client
    if not is_pushed and (issuer.requires_par or client.require_pushed_authorization_requests):
        # RFC 9126 section 5.
        raise InvalidRequest("This client has to push its requests to the pushed authorization endpoint.")
    _check_response(parameters)
    if "authorization_code" not in client.grants:
        raise UnauthorizedClient("This client is not registered for the authorization code flow.")
    challenge = pkce.check_challenge(
        parameters.get("code_challenge"), parameters.get("code_challenge_method")
    )
    details = read_details(issuer.catalogue, issuer.base_url, client, parameters.get("authorization_details"))
    wanted = read_claims_request(parameters.get("claims"))
    scopes = _read_scopes(issuer, parameters, client, details, wanted)
    check_audience(issuer, scopes, parameters.get("aud"))
    resources = parameters.every("resource")
    issuer.narrow(scopes, resources)
    return AuthorizationRequest(
        client=client,
        redirect_uri=asker.redirect_uri,
        scopes=scopes,
        code_challenge=challenge,
        state=asker.state,
        nonce=parameters.get("nonce"),
        resources=resources,
        prompts=_read_prompts(parameters),
        max_age=_read_max_age(parameters),
        id_token_hint=parameters.get("id_token_hint"),
        dpop_jkt=_read_dpop_jkt(parameters),
        acr_request=read_acr_request(parameters.get("acr_values"), parameters.get("claims")),
        details=details,
        wanted=wanted,
        launch=read_launch(scopes, parameters.get("launch")),
    )


def _check_response(parameters: Parameters) -> None:
    if parameters.need("response_type") != "code":
        raise UnsupportedResponseType("Only response_type=code is supported.")
    if parameters.get("response_mode") not in {None, "query"}:
        raise InvalidRequest("Only response_mode=query is supported.")


def _read_scopes(
    issuer: Issuer, parameters: Parameters, client: Client, details: Details, wanted: Wanted
) -> tuple[str, ...]:
    """The scopes asked for by name, and those that details (RFC 9396 section 3) and single claims stand for."""
    named = (parameters.get("scope") or "").split()
    # OpenID Connect Core section 5.5.1: a claim that this client may not have is left out, and is no error.
    by_claims = [scope for scope in wanted.scopes if scope in client.scopes] if "openid" in named else []
    scopes = tuple(dict.fromkeys((*named, *sorted(scopes_of(issuer.catalogue, details)), *by_claims)))
    if not scopes:
        raise InvalidScope("Missing parameter: scope.")
    if not issuer.catalogue.covers(client.scopes, scopes):
        raise InvalidScope("scope is unknown, or beyond what this client registered.")
    return scopes


def _read_prompts(parameters: Parameters) -> frozenset[str]:
    prompts = frozenset((parameters.get("prompt") or "").split())
    if prompts - PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequest("prompt is none, or any of login, consent, select_account.")
    return prompts


def _read_dpop_jkt(parameters: Parameters) -> str | None:
    """RFC 9449 section 10: the key that will have to redeem the code."""
    thumbprint = parameters.get("dpop_jkt")
    if thumbprint is not None and not THUMBPRINT.fullmatch(thumbprint):
        raise InvalidRequest("dpop_jkt is the SHA-256 thumbprint of a key.")
    return thumbprint


def _read_max_age(parameters: Parameters) -> int | None:
    value = parameters.get("max_age")
    if value is None:
        return None
    if not _SECONDS.fullmatch(value):
        raise InvalidRequest("max_age is a whole number of seconds.")
    return int(value)
