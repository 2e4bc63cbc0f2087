"""Counts and latencies by route template, served on an address of their own, never on the public port."""

import time
from contextlib import suppress

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram, start_http_server

from services.settings import Settings

REQUESTS = Counter("citizen_requests_total", "Answers by route and status", ["route", "method", "status"])
SECONDS = Histogram("citizen_request_seconds", "Time to answer by route", ["route"])


def register(app: Flask) -> None:
    """Count every answer of this process."""

    @app.before_request
    def start() -> None:
        g.citizen_counted_from = time.monotonic()

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "(none)"
        REQUESTS.labels(route, request.method, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.monotonic() - g.get("citizen_counted_from", time.monotonic()))
        return response


def serve_metrics(settings: Settings) -> int | None:
    """Serve this process's numbers; the port, None where nobody asked for them.

    Each worker takes the first free one of the configured port and those after it; who follows a worker that ended
    takes its place. Raises: OSError where none is free.
    """
    if not settings.metrics_bind:
        return None
    host, _, first = settings.metrics_bind.rpartition(":")
    # One more than there are workers: an old one may still be answering its last request.
    *places, last = range(int(first), int(first) + settings.workers + 1)
    for port in places:
        with suppress(OSError):
            start_http_server(port, host.strip("[]"))
            return port
    start_http_server(last, host.strip("[]"))
    return last
