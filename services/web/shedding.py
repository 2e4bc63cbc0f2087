"""Sheds load: a bounded number of requests at work per process, a short wait, then 503 with Retry-After."""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from services.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NEVER_SHED = ("/livez", "/readyz", "/static/", "/sign-in")
PROBLEM = (
    '{"type":"/docs/errors/web.unavailable","title":"现在人太多，什么都没有做。请 2 秒后再试 '
    "Very busy; nothing was done. Try again in 2 seconds."
    '","status":503,"code":"web.unavailable"}'
).encode()
# A page without our style sheet, because even that would be work; both languages, because none is known yet.
PAGE = (
    '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>请稍候 · Please wait</title><h1>现在人太多，请 2 秒后再试</h1>"
    "<p>什么都没有做，您的内容没有丢。着急请打 12345。</p>"
    '<div lang="en"><h2>Very busy. Please try again in 2 seconds</h2>'
    "<p>Nothing was done. If it is urgent, call 12345.</p></div></html>"
).encode()


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
            return self._refuse(environ, start_response)
        try:
            # Answers are complete when the application returns: nothing of ours streams.
            return self._application(environ, start_response)
        finally:
            self._places.release()

    @staticmethod
    def _refuse(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        is_person = "text/html" in environ.get("HTTP_ACCEPT", "")
        body = PAGE if is_person else PROBLEM
        headers = [
            ("Content-Type", "text/html; charset=utf-8" if is_person else "application/problem+json"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", "default-src 'none'"),
            ("Retry-After", "2"),
            ("Cache-Control", "no-store"),
        ]
        start_response("503 Service Unavailable", headers)
        return [body]
