"""Registration and its management: `/oauth/register`, and one address for each client that came by it."""

from flask import Response, request

from services.database.roles import Role
from services.gateway.oauth.errors import OAuthError
from services.gateway.oauth.issuer import current_issuer
from services.gateway.oauth.registration import documentation as shown
from services.gateway.oauth.registration.actions import (
    delete_registration,
    read_registration,
    register_client,
    replace_registration,
)
from services.gateway.oauth.registration.errors import InvalidClientMetadata
from services.gateway.oauth.server import NO_STORE, oauth_error_response, oauth_problem_response
from services.gateway.people.rate_limits import spend_client_registration
from services.web.blueprints import ApiBlueprint
from services.web.current import current_session, current_settings
from services.web.declare import public
from services.web.json_reader import MalformedJson, read
from services.web.json_writer import json_response

blueprint = ApiBlueprint(
    "registration",
    __name__,
    service="gateway",
    description="Clients that register and manage themselves (RFC 7591, RFC 7592), by invitation",
)
blueprint.register_error_handler(OAuthError, oauth_error_response)
blueprint.problem_renderer = oauth_problem_response

OWN = "the registration access token in the request proves the client"


def _token() -> str | None:
    """RFC 6750 section 2.1: in the header, nowhere else."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _document() -> object:
    if request.mimetype != "application/json":
        raise InvalidClientMetadata("Content-Type must be application/json.")
    try:
        return read(request.get_data())
    except MalformedJson:
        raise InvalidClientMetadata("The body is not JSON that everybody reads the same way.") from None


def _answer(body: object, status: int = 200) -> Response:
    response = json_response(body)
    response.status_code = status
    response.headers.extend(NO_STORE)
    return response


@blueprint.post("/oauth/register")
@public("an initial access token in the request is the invitation", role=Role.GATEWAY)
@blueprint.response(201, shown.RegisteredSchema)
@blueprint.doc(**shown.BODY)
def register() -> Response:
    """Register a client (RFC 7591), with an initial access token from the administrator."""
    settings = current_settings()
    session = current_session()
    spend_client_registration(session, settings.throttle_policy, request.remote_addr or "")
    return _answer(register_client(session, current_issuer(), token=_token(), document=_document), 201)


@blueprint.get("/oauth/register/<string:client_id>")
@public(OWN, role=Role.GATEWAY)
@blueprint.response(200, shown.RegisteredSchema)
def read_own(client_id: str) -> Response:
    """What is registered (RFC 7592 section 2.1)."""
    return _answer(
        read_registration(current_session(), current_issuer(), client_id=client_id, token=_token())
    )


@blueprint.route("/oauth/register/<string:client_id>", methods=["PUT"])
@public(OWN, role=Role.GATEWAY)
@blueprint.response(200, shown.RegisteredSchema)
@blueprint.doc(**shown.BODY)
def replace_own(client_id: str) -> Response:
    """Put a new registration in the place of the old one (RFC 7592 section 2.2)."""
    changed = replace_registration(
        current_session(), current_issuer(), client_id=client_id, token=_token(), document=_document
    )
    return _answer(changed)


@blueprint.route("/oauth/register/<string:client_id>", methods=["DELETE"])
@public(OWN, role=Role.GATEWAY)
@blueprint.response(204)
def delete_own(client_id: str) -> Response:
    """Withdraw the client (RFC 7592 section 2.3)."""
    delete_registration(current_session(), client_id=client_id, token=_token())
    return Response(status=204, headers=NO_STORE)
