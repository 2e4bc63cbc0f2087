"""Every request gets an id, which answers, logs, audit rows and jobs share."""

import structlog
from flask import Flask, Response, g

from services import ids

HEADER = "X-Request-Id"


def register(app: Flask) -> None:
    """Bind a fresh id before the request and name it in the answer. Ids from outside are not taken over."""

    @app.before_request
    def bind() -> None:
        g.citizen_request_id = str(ids.new_id())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.citizen_request_id)

    @app.after_request
    def name(response: Response) -> Response:
        if "citizen_request_id" in g:
            response.headers[HEADER] = g.citizen_request_id
        return response
