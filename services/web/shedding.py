"""Sheds load: a bounded number of requests at work per process, a short wait, then 503 with Retry-After."""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from services.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NEVER_SHED = ("/livez", "/readyz", "/static/", "/sign-in")
BODY = (
    b'{"type":"/docs/errors/web.unavailable","title":"Very busy; nothing was done. Try again in 2 seconds.",'
    b'"status":503,"code":"web.unavailable"}'
)


class Shedding:
    """WSGI middleware. The wait is bounded, so that a queue never grows longer than people are willing to wait."""

    def __init__(self, application: "WSGIApplication", settings: Settings) -> None:
        self._application = application
        self._wait = settings.shed_wait_ms / 1000
        self._places = threading.BoundedSemaphore(settings.threads)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve, or answer 503 when no place came free in time."""
        if environ.get("PATH_INFO", "").startswith(NEVER_SHED) or environ.get("PATH_INFO") == "/":
            return self._application(environ, start_response)
        if not self._places.acquire(timeout=self._wait):
            headers = [
                ("Content-Type", "application/problem+json"),
                ("Content-Length", str(len(BODY))),
                ("Retry-After", "2"),
                ("Cache-Control", "no-store"),
            ]
            start_response("503 Service Unavailable", headers)
            return [BODY]
        try:
            # Answers are complete when the application returns: nothing of ours streams.
            return self._application(environ, start_response)
        finally:
            self._places.release()
