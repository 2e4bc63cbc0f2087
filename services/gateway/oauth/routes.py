"""The back-channel endpoints and the documents that describe them."""

from urllib.parse import urlencode

from flask import Response, request

from services.database.roles import Role
from services.errors import NotFound
from services.gateway.oauth import documentation as shown
from services.gateway.oauth import dpop
from services.gateway.oauth.authorization_details import refuse_details
from services.gateway.oauth.client_certificate import current_certificates
from services.gateway.oauth.device_grant.authorization import issue_device_code
from services.gateway.oauth.error_limits import answer_oauth_error
from services.gateway.oauth.errors import OAuthError
from services.gateway.oauth.grants import build_server
from services.gateway.oauth.introspection import read_token
from services.gateway.oauth.introspection_response import MEDIA_TYPE, sign_introspection
from services.gateway.oauth.issuer import current_issuer
from services.gateway.oauth.jwks import MAX_AGE_SECONDS, list_jwks
from services.gateway.oauth.metadata import resource_metadata, server_metadata
from services.gateway.oauth.pushed_request import push_request
from services.gateway.oauth.revocation import revoke_token
from services.gateway.oauth.server import (
    CONFIDENTIAL_METHODS,
    NO_STORE,
    ServerRequest,
    oauth_problem_response,
    proven_key,
)
from services.gateway.oauth.userinfo import read_userinfo
from services.web.blueprints import ApiBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes
from services.web.json_writer import json_response

blueprint = ApiBlueprint(
    "oauth",
    __name__,
    service="gateway",
    description="OAuth 2.1 and OpenID Connect: one door to all five services",
)
blueprint.register_error_handler(OAuthError, answer_oauth_error)
blueprint.problem_renderer = oauth_problem_response
blueprint.takes_cross_origin = True

server = build_server()


def _request() -> ServerRequest:
    return ServerRequest(request, current_session(), current_issuer(), current_certificates())


def _answer(body: object) -> Response:
    response = json_response(body)
    response.headers.extend(NO_STORE)
    return response


def _document(body: object) -> Response:
    response = json_response(body)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    return response


@blueprint.post("/oauth/token")
@public("a client authenticates itself in the request", role=Role.GATEWAY)
@blueprint.response(200, shown.TokenSchema)
@blueprint.doc(**shown.TOKEN)
def issue_token() -> Response:
    """Exchange a code, a refresh token or the client's own credentials for tokens (RFC 6749)."""
    return _answer(server.answer_token_request(_request()))


@blueprint.post("/oauth/par")
@public("a client authenticates itself in the request", role=Role.GATEWAY)
@blueprint.response(201, shown.PushedRequestSchema)
@blueprint.doc(**shown.PUSH)
def push() -> Response:
    """Send an authorization request directly, and get a name for the browser to carry (RFC 9126)."""
    asked = _request()
    client = server.client_of(asked, "pushed_authorization_request")
    key = proven_key(asked, client) if dpop.HEADER in asked.headers else None
    answer = _answer(push_request(asked.session, asked.issuer, client, asked.parameters, jkt=key))
    answer.status_code = 201
    return answer


@blueprint.post("/oauth/device_authorization")
@public("a client authenticates itself in the request", role=Role.GATEWAY)
@blueprint.response(200, shown.DeviceAuthorizationSchema)
@blueprint.doc(**shown.DEVICE)
def authorize_device() -> Response:
    """Give a device a code to show and a code to poll with (RFC 8628)."""
    asked = _request()
    client = server.client_of(asked, "device_authorization")
    refuse_details(asked.parameters)
    scopes = tuple(dict.fromkeys((asked.parameters.get("scope") or "").split()))
    resources = asked.parameters.every("resource")
    return _answer(issue_device_code(asked.session, asked.issuer, client, scopes=scopes, resources=resources))


@blueprint.post("/oauth/revoke")
@public("a client authenticates itself in the request", role=Role.GATEWAY)
@blueprint.response(200)
@blueprint.doc(**shown.REVOKE)
def revoke() -> Response:
    """Revoke an access token, or with a refresh token its whole grant (RFC 7009)."""
    asked = _request()
    client = server.client_of(asked, "revocation")
    revoke_token(asked.session, asked.issuer, client, asked.parameters.need("token"))
    return Response(status=200, headers=NO_STORE)


@blueprint.post("/oauth/introspect")
@public("a client authenticates itself in the request", role=Role.GATEWAY)
@blueprint.response(200, shown.IntrospectionSchema)
@blueprint.doc(**shown.INTROSPECT)
def introspect() -> Response:
    """Ask whether a token still works (RFC 7662); signed where the caller accepts that (RFC 9701)."""
    asked = _request()
    client = server.client_of(asked, "introspection", CONFIDENTIAL_METHODS)
    token = asked.parameters.need("token")
    answer = read_token(asked.session, asked.issuer, client, token)
    if request.accept_mimetypes.best_match(["application/json", MEDIA_TYPE]) != MEDIA_TYPE:
        return _answer(answer)
    signed = sign_introspection(
        asked.session, issuer=asked.issuer.base_url, client_id=client.client_id, answer=answer
    )
    return Response(signed, status=200, mimetype=MEDIA_TYPE, headers=NO_STORE)


@blueprint.get("/oauth/userinfo")
@scopes("openid")
@blueprint.response(200, shown.UserinfoSchema)
def read_own_userinfo() -> Response:
    """Who the token is about (OpenID Connect Core 5.3)."""
    return _answer(read_userinfo(current_session(), current_actor()))


@blueprint.post("/oauth/userinfo")
@scopes("openid")
@blueprint.response(200, shown.UserinfoSchema)
def read_own_userinfo_by_post() -> Response:
    """The same by POST, as OpenID Connect Core 5.3.1 wants it."""
    return _answer(read_userinfo(current_session(), current_actor()))


@blueprint.get("/oauth/jwks")
@public("public keys are for everyone", role=Role.GATEWAY)
@blueprint.response(200, shown.JwksSchema)
def show_jwks() -> Response:
    """The public keys that verify our tokens (RFC 7517)."""
    return _document(list_jwks(current_session()))


@blueprint.get("/.well-known/openid-configuration")
@public("clients discover us before they know us")
@blueprint.response(200, shown.MetadataSchema)
def show_openid_configuration() -> Response:
    """OpenID Connect Discovery; the same document as RFC 8414's."""
    return _document(server_metadata(current_issuer(), current_certificates().methods))


@blueprint.get("/.well-known/oauth-authorization-server")
@public("clients discover us before they know us")
@blueprint.response(200, shown.MetadataSchema)
def show_authorization_server() -> Response:
    """Authorization server metadata (RFC 8414)."""
    return _document(server_metadata(current_issuer(), current_certificates().methods))


@blueprint.get("/.well-known/oauth-protected-resource/<string:slug>")
@public("clients discover which server guards a service")
@blueprint.response(200, shown.ResourceSchema)
def show_protected_resource(slug: str) -> Response:
    """Protected resource metadata of one service (RFC 9728)."""
    issuer = current_issuer()
    for service in issuer.catalogue.services.values():
        if service.slug == slug:
            return _document(resource_metadata(issuer, service, current_certificates().methods))
    raise NotFound


@blueprint.post("/oauth/authorize")
@public("a client's page may send its request as a form")
@blueprint.response(303)
@blueprint.doc(**shown.BY_FORM)
def authorize_by_form() -> Response:
    """Take an authorization request as a form (OpenID Connect Core 3.1.2.1) and continue it as a query.

    The browser comes from another site here, so its cookie is not sent; after the redirect it is.
    """
    return _as_query("/oauth/authorize")


@blueprint.post("/oauth/logout")
@public("a client's page may send its request as a form")
@blueprint.response(303)
@blueprint.doc(**shown.BY_FORM)
def end_session_by_form() -> Response:
    """Take a logout request as a form (OpenID Connect RP-Initiated Logout 2) and continue it as a query."""
    return _as_query("/oauth/logout")


def _as_query(path: str) -> Response:
    query = urlencode(list(request.form.items(multi=True)))
    return Response(status=303, headers={"Location": f"{path}?{query}", **NO_STORE})
