"""Authlib's authorization server, put on our request, our transaction and our clients.

Authlib keeps the registry of client authentication methods and dispatches grants; it stores nothing and
issues nothing. Its own storage mixins, token generators and Flask integration are left aside on purpose: see
docs/decisions/0007-authorization-server.md.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Error, OAuth2Payload, OAuth2Request
from flask import Request, Response

from services.database.session import Session
from services.gateway.client_rules import AUTH_METHODS
from services.gateway.clients import Client, find_client
from services.gateway.oauth import dpop
from services.gateway.oauth.client_certificate import CertificateReader
from services.gateway.oauth.errors import (
    InvalidClient,
    InvalidRequest,
    OAuthError,
    UnsupportedGrantType,
)
from services.gateway.oauth.issuer import Issuer
from services.gateway.oauth.parameters import Parameters, read_parameters
from services.web.json_writer import write
from services.web.problems import Problem

# Authlib's grants log tokens in clear at DEBUG. We use none of those lines, and silence the rest for good.
logging.getLogger("authlib").setLevel(logging.WARNING)

FORM = "application/x-www-form-urlencoded"
ALL_METHODS = AUTH_METHODS
CONFIDENTIAL_METHODS = tuple(method for method in ALL_METHODS if method != "none")
UNAVAILABLE = "temporarily_unavailable"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class FormPayload(OAuth2Payload):  # type: ignore[misc]  # Authlib ships no types
    """The form body alone: parameters in the query of a POST are no part of an OAuth request."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    @property
    def data(self) -> Mapping[str, str]:
        """One value for each name."""
        return self._parameters.single

    @property
    def datalist(self) -> dict[str, list[str]]:
        """The same as lists; repetition has been refused before."""
        return {name: [value] for name, value in self._parameters.single.items()}


class ServerRequest(OAuth2Request):  # type: ignore[misc]
    """One request to a back-channel endpoint, with the transaction it runs in."""

    def __init__(
        self, request: Request, session: Session, issuer: Issuer, certificates: CertificateReader
    ) -> None:
        # The public address, not the one a proxy used: Authlib takes plain http behind TLS for an attack.
        super().__init__(request.method, issuer.base_url + request.path, headers=request.headers)
        self.session = session
        self.issuer = issuer
        self.certificates = certificates
        self.certificate = certificates.read(request)
        self.parameters = _form_of(request)
        self.payload = FormPayload(self.parameters)

    @property
    def form(self) -> Mapping[str, str]:
        """The form body, one value for each name."""
        return self.parameters.single


def _form_of(request: Request) -> Parameters:
    if request.query_string:
        raise InvalidRequest("Parameters belong in the body, not in the query.")
    if request.mimetype != FORM:
        raise InvalidRequest(f"Content-Type must be {FORM}.")
    parameters = read_parameters(request.form.items(multi=True))
    parameters.refuse_faulty()
    return parameters


class RegisteredClient:
    """A client as Authlib's registry asks after it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Whether this is the one method the client registered; the same at every endpoint."""
        return bool(endpoint) and method == self.client.auth_method

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client registered this grant."""
        return grant_type in self.client.grants


class CitizenAuthorizationServer(AuthorizationServer):  # type: ignore[misc]
    """Dispatches token requests to grants and authenticates clients, within the caller's transaction."""

    def answer_token_request(self, request: ServerRequest) -> dict[str, Any]:
        """The token response.

        Standard: RFC 6749 sections 4 and 5.
        Raises: OAuthError.
        """
        request.parameters.need("grant_type")
        try:
            grant = self.get_token_grant(request)
            grant.validate_token_request()
            token: dict[str, Any] = grant.create_token_response()
        except OAuth2Error as error:
            raise translated(error) from None
        return token

    def client_of(
        self, request: ServerRequest, endpoint: str, methods: tuple[str, ...] = ALL_METHODS
    ) -> Client:
        """The client that proved who it is, by the one method it registered.

        Raises: InvalidClient 401, the same for every reason.
        """
        try:
            registered: RegisteredClient = self.authenticate_client(request, list(methods), endpoint)
        except OAuth2Error as error:
            raise translated(error) from None
        return registered.client

    def query_client(self, client_id: str) -> RegisteredClient | None:
        """Asked for by the registry; our methods look up in the request's own transaction instead."""
        raise NotImplementedError(client_id)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nothing listens: what is worth knowing is in the audit log."""


def look_up(request: ServerRequest, client_id: str) -> RegisteredClient | None:
    """The live client of this name, in the request's transaction."""
    client = find_client(request.session, client_id)
    return None if client is None else RegisteredClient(client)


def proven_key(request: ServerRequest, client: Client) -> str | None:
    """The thumbprint of the key that a DPoP proof shows the client to have; None where it brought no proof.

    Standard: RFC 9449 section 5, and section 5.2 for clients that registered `dpop_bound_access_tokens`.
    Effects: the proof is spent.
    Raises: InvalidRequest where a proof is due and none came; InvalidDpopProof, UseDpopNonce.
    """
    given = request.headers.get(dpop.HEADER)
    if given is None and not client.dpop_bound_access_tokens:
        return None
    if given is None:
        # No proof is not an invalid proof: the conformance suite tells the two apart at a refresh.
        raise InvalidRequest("This client's tokens are bound to a key: a DPoP proof is needed.")
    nonces = dpop.NoncePolicy(request.session.keys, request.issuer.requires_dpop_nonce)
    proof = dpop.read_proof(given, method=request.method, url=request.uri, nonces=nonces)
    dpop.spend_proof(request.session, proof)
    return proof.jkt


def with_shown_certificate(request: ServerRequest, client: Client) -> Client:
    """The client with the certificate of this request, where its tokens are to be bound to that.

    Standard: RFC 8705 section 3.4 (`tls_client_certificate_bound_access_tokens`).
    Raises: InvalidRequest where a certificate is due and none came that holds now.
    """
    if not client.tls_client_certificate_bound_access_tokens:
        return client
    shown = request.certificate
    if shown is None or not shown.is_valid_at(request.session.at):
        raise InvalidRequest("This client's tokens are bound to its certificate: mutual TLS is needed.")
    return replace(client, shown_certificate=shown.thumbprint)


def translated(error: OAuth2Error) -> OAuthError:
    """An error that Authlib found, as ours; its own words may repeat the request and are left out."""
    if error.error == "unsupported_grant_type":
        return UnsupportedGrantType("This grant_type is not supported.")
    if error.error == "invalid_client":
        return InvalidClient()
    return InvalidRequest("The request is malformed.")


def oauth_error_response(error: OAuthError) -> Response:
    """The error as RFC 6749 section 5.2 shapes it."""
    body = write({"error": error.error, "error_description": error.description})
    headers = {**NO_STORE, **error.headers}
    return Response(body, status=error.status, mimetype="application/json", headers=headers)


def oauth_problem_response(problem: Problem) -> Response:
    """Any other failure at these endpoints, in the same shape: never a page, never another standard's."""
    error = {401: "invalid_token", 403: "insufficient_scope", 500: "server_error", 503: UNAVAILABLE}.get(
        problem.status, "invalid_request"
    )
    body = write({"error": error, "error_description": problem.code})
    return Response(body, status=problem.status, mimetype="application/json", headers=NO_STORE)


def origin_of(uri: str) -> str:
    """What a Content-Security-Policy calls the place of an address: its origin, or an app's own scheme."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
