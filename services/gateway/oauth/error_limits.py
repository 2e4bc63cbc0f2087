"""Storms of refused token requests: answered 429 once a client or an address has made too many.

Only refusals count and only refusals are turned away: the right client with the right secret passes, whatever others
do in its name or from its address, so nobody can be locked out by this. What is guessed at has 256 bits; the limit is
there to make a broken client stop.

Standard: RFC 6585 section 4 (429); RFC 6749 section 5.2 gives the body its shape but no code for this.
"""

from flask import Response, request

from services.database.roles import Role
from services.database.session import Opening
from services.gateway.errors import TooManyAttempts
from services.gateway.oauth.errors import InvalidClient, InvalidGrant, OAuthError
from services.gateway.oauth.server import NO_STORE, UNAVAILABLE, oauth_error_response
from services.gateway.people.rate_limits import (
    TOKEN_ERROR_ADDRESS,
    TOKEN_ERROR_CLIENT,
    spend,
    spending,
    spending_of_address,
)
from services.gateway.people.throttle import network_of
from services.web.current import current_database, current_settings
from services.web.json_writer import write

OPENING = Opening(role=Role.GATEWAY, service="gateway")
LONGEST = 256


def answer_oauth_error(error: OAuthError) -> Response:
    """The standard's answer, or 429 when such answers have been given too often.

    Effects: one taken from the allowances of client and address, in a transaction of its own: the request's has been
        undone by now.
    """
    if not isinstance(error, InvalidClient | InvalidGrant):
        return oauth_error_response(error)
    try:
        _count()
    except TooManyAttempts as stop:
        body = {"error": UNAVAILABLE, "error_description": "Too many refused requests."}
        headers = {**NO_STORE, "Retry-After": str(stop.retry_after)}
        return Response(write(body), status=429, mimetype="application/json", headers=headers)
    return oauth_error_response(error)


def _count() -> None:
    database = current_database()
    policy = current_settings().throttle_policy
    address = request.remote_addr or ""
    # The name as claimed: somebody else's name is counted together with where it was claimed from.
    claimed = (request.authorization.username if request.authorization else None) or request.form.get(
        "client_id", ""
    )
    whom = f"{network_of(address)} {claimed[:LONGEST]}"
    with database.transaction(OPENING) as session:
        spend(
            session,
            [
                spending(session.keys, policy, TOKEN_ERROR_CLIENT, whom),
                spending_of_address(session.keys, policy, TOKEN_ERROR_ADDRESS, address),
            ],
        )
