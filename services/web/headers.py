"""Security headers on every answer. Pages may load only our own bytes and run no inline script or style."""

from collections.abc import Sequence

from flask import Flask, Response, current_app, g, request

from services.settings import Settings
from services.web.blueprints import PageBlueprint
from services.web.language import current_language

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'{more};{frames} base-uri 'none'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SPOKEN = frozenset({"text/html", "application/problem+json"})
HSTS = "max-age=63072000; includeSubDomains"


def allow_form_target(origin: str) -> None:
    """Let this page's forms end at a client's redirect origin: CSP checks redirects of a form too."""
    g.citizen_form_action = origin


def allow_frames(origins: Sequence[str]) -> None:
    """Let this one page load frames of these origins: only so can a browser tell other sites that it signed out."""
    g.citizen_frames = tuple(origins)


def register(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer."""

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        is_page = response.mimetype == "text/html" or isinstance(
            current_app.blueprints.get(request.blueprint or ""), PageBlueprint
        )
        more = f" {g.citizen_form_action}" if "citizen_form_action" in g else ""
        frames = f" frame-src {' '.join(g.citizen_frames)};" if "citizen_frames" in g else ""
        policy = PAGE_POLICY.format(more=more, frames=frames) if is_page else API_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cache-Control", "no-store")
        if response.mimetype in SPOKEN:
            response.headers.setdefault("Content-Language", current_language())
        if settings.is_secure:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        return response
