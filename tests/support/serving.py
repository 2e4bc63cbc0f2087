"""Addresses of this machine for tests that speak over a network: nobody else is given one meanwhile."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # the library's name
        """Keep the test's output readable."""


class _QuietAndOpen(_Quiet):
    protocol_version = "HTTP/1.1"


@contextmanager
def serving(made_for: Callable[[str], Application], *, keeps_connections: bool = False) -> Iterator[str]:
    """Serve an application that is made for its base URL, which is yielded.

    The server listens before the application exists: a port that is first asked for and then opened may be
    somebody else's by then.
    """
    handler = _QuietAndOpen if keeps_connections else _Quiet
    server = make_server("127.0.0.1", 0, _not_yet, threaded=True, request_handler=handler)
    base_url = f"http://localhost:{server.server_port}"
    server.app = made_for(base_url)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield base_url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port for a server that is started by its number, kept for it: bound, but nobody listens yet."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def _not_yet(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    raise AssertionError("asked before the application was made")
