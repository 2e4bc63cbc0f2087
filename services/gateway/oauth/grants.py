"""The grants as Authlib dispatches them: authenticate, read the form, call one use case."""

from typing import Any, ClassVar

from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from services.gateway.client_rules import DEVICE_CODE, TOKEN_EXCHANGE
from services.gateway.clients import Client
from services.gateway.oauth.authorization_code import redeem_code
from services.gateway.oauth.authorization_details import refuse_details
from services.gateway.oauth.client_authentication import register_methods
from services.gateway.oauth.client_credentials import issue_client_token
from services.gateway.oauth.device_grant.redemption import redeem_device_code
from services.gateway.oauth.errors import UnauthorizedClient
from services.gateway.oauth.parameters import Parameters
from services.gateway.oauth.refresh_token import rotate_refresh_token
from services.gateway.oauth.server import (
    CitizenAuthorizationServer,
    ServerRequest,
    proven_key,
    with_shown_certificate,
)
from services.gateway.oauth.token_exchange import ExchangeRequest, exchange_token


class _Grant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]
    """What they share: who asks is settled before anything else of the request is looked at."""

    request: ServerRequest
    server: CitizenAuthorizationServer
    registered: Client
    jkt: str | None

    def validate_token_request(self) -> None:
        """Authenticate the client, check that it registered this grant, and which key it proves to have."""
        self.registered = self.server.client_of(self.request, "token")
        if self.GRANT_TYPE not in self.registered.grants:
            raise UnauthorizedClient("This client is not registered for this grant_type.")
        self.jkt = proven_key(self.request, self.registered)
        self.registered = with_shown_certificate(self.request, self.registered)

    @property
    def parameters(self) -> Parameters:
        """The form."""
        return self.request.parameters

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes asked for, each once, in the order given."""
        return tuple(dict.fromkeys((self.parameters.get("scope") or "").split()))


class AuthorizationCodeGrant(_Grant):
    """RFC 6749 section 4.1.3."""

    GRANT_TYPE: ClassVar[str] = "authorization_code"

    def create_token_response(self) -> dict[str, Any]:
        """Redeem the code."""
        return redeem_code(
            self.request.session,
            self.request.issuer,
            self.registered,
            code=self.parameters.need("code"),
            redirect_uri=self.parameters.need("redirect_uri"),
            verifier=self.parameters.get("code_verifier"),
            resources=self.parameters.every("resource"),
            jkt=self.jkt,
            details=self.parameters.get("authorization_details"),
        )


class RefreshTokenGrant(_Grant):
    """RFC 6749 section 6."""

    GRANT_TYPE: ClassVar[str] = "refresh_token"

    def create_token_response(self) -> dict[str, Any]:
        """Rotate the refresh token."""
        return rotate_refresh_token(
            self.request.session,
            self.request.issuer,
            self.registered,
            refresh_token=self.parameters.need("refresh_token"),
            scopes=self.scopes,
            resources=self.parameters.every("resource"),
            jkt=self.jkt,
            details=self.parameters.get("authorization_details"),
        )


class ClientCredentialsGrant(_Grant):
    """RFC 6749 section 4.4.2."""

    GRANT_TYPE: ClassVar[str] = "client_credentials"

    def create_token_response(self) -> dict[str, Any]:
        """Issue a token for the client itself."""
        refuse_details(self.parameters)
        return issue_client_token(
            self.request.session,
            self.request.issuer,
            self.registered,
            scopes=self.scopes,
            resources=self.parameters.every("resource"),
            jkt=self.jkt,
        )


class DeviceCodeGrant(_Grant):
    """RFC 8628 section 3.4."""

    GRANT_TYPE: ClassVar[str] = DEVICE_CODE

    def create_token_response(self) -> dict[str, Any]:
        """Redeem the device code, once the person has said yes."""
        refuse_details(self.parameters)
        return redeem_device_code(
            self.request.session,
            self.request.issuer,
            self.registered,
            device_code=self.parameters.need("device_code"),
            resources=self.parameters.every("resource"),
            jkt=self.jkt,
        )


class TokenExchangeGrant(_Grant):
    """RFC 8693 section 2.1."""

    GRANT_TYPE: ClassVar[str] = TOKEN_EXCHANGE

    def create_token_response(self) -> dict[str, Any]:
        """Exchange the token."""
        asked = ExchangeRequest(
            subject_token=self.parameters.need("subject_token"),
            subject_token_type=self.parameters.need("subject_token_type"),
            actor_token=self.parameters.get("actor_token"),
            actor_token_type=self.parameters.get("actor_token_type"),
            requested_token_type=self.parameters.get("requested_token_type"),
            scopes=self.scopes,
            targets=(*self.parameters.every("resource"), *self.parameters.every("audience")),
            jkt=self.jkt,
            details=self.parameters.get("authorization_details"),
        )
        return exchange_token(self.request.session, self.request.issuer, self.registered, asked)


GRANTS = (
    AuthorizationCodeGrant,
    RefreshTokenGrant,
    ClientCredentialsGrant,
    DeviceCodeGrant,
    TokenExchangeGrant,
)


def build_server() -> CitizenAuthorizationServer:
    """The authorization server with everything it can do. It keeps no state of a request."""
    server = CitizenAuthorizationServer()
    register_methods(server)
    for grant in GRANTS:
        server.register_grant(grant)
    return server
