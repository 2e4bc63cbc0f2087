"""Limits before any work: body size, method, host, query length."""

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest, MethodNotAllowed, RequestURITooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from services.settings import Settings
from services.web.request import CitizenRequest

MOST_QUERY_BYTES = 4096
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def register(app: Flask, settings: Settings) -> None:
    """Refuse what is too large, misdirected, or readable in two ways."""
    app.request_class = CitizenRequest
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    own_host = urlsplit(settings.base_url).netloc
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    @app.before_request
    def check() -> None:
        if request.method in {"TRACE", "CONNECT"}:
            raise MethodNotAllowed(valid_methods=["GET", "HEAD", "POST"])
        if len(request.query_string) > MOST_QUERY_BYTES:
            raise RequestURITooLarge
        host = request.host
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        is_probe = request.path in {"/livez", "/readyz"}
        if host != own_host and not is_probe and not (settings.is_demo and name in LOOPBACK):
            raise BadRequest
        blueprint = app.blueprints.get(request.blueprint or "")
        most = getattr(blueprint, "most_body_bytes", None)
        if most is not None:
            request.max_content_length = most
        if isinstance(request, CitizenRequest):
            request.check()
