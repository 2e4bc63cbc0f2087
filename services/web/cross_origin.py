"""Lets programs in browsers call APIs from other origins: those that take tokens, and never a cookie.

Standard: Fetch, section 3.2 (CORS protocol); SMART App Launch 2.2.0, section 2.0.1 (browser-based applications).
Whoever has a token may use it from anywhere, so any origin is let in, and none with credentials of the browser's.
"""

from flask import Flask, Response, current_app, request

from services.web.blueprints import ApiBlueprint

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = (
    "Accept, Authorization, Content-Type, DPoP, Idempotency-Key, If-Match, If-Modified-Since, If-None-Exist, "
    "If-None-Match, Prefer, X-Purpose-Of-Use, X-Request-Id"
)
ANSWER_HEADERS = "Content-Location, DPoP-Nonce, ETag, Last-Modified, Location, Retry-After, WWW-Authenticate"
REMEMBERED_SECONDS = "600"
# Pages of these blueprints that a browser itself goes to, with its cookie.
VISITED = frozenset({"oauth.authorize_by_form", "oauth.end_session_by_form"})


def register(app: Flask) -> None:
    """Answer preflights, and say on answers that they may be read."""

    @app.after_request
    def allow(response: Response) -> Response:
        blueprint = current_app.blueprints.get(request.blueprint or "")
        is_open = isinstance(blueprint, ApiBlueprint) and blueprint.takes_cross_origin
        if not is_open or "Origin" not in request.headers or request.endpoint in VISITED:
            return response
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
            response.headers["Access-Control-Max-Age"] = REMEMBERED_SECONDS
        else:
            response.headers["Access-Control-Expose-Headers"] = ANSWER_HEADERS
        return response
