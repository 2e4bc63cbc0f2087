"""One request over a socket, with every header as it was given: repeated names and odd spellings too."""

import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str

    def header(self, name: str) -> str | None:
        """The one value of a header that must not be repeated."""
        values = [value for given, value in self.headers if given.lower() == name.lower()]
        assert len(values) <= 1, f"{name} is repeated"
        return values[0] if values else None

    def json(self) -> Any:
        """The body, which must be JSON and say so."""
        media_type = (self.header("Content-Type") or "").partition(";")[0]
        assert media_type == "application/json" or media_type.endswith("+json"), self.text[:300]
        return json.loads(self.text)


def send(method: str, url: str, *, headers: Headers = (), body: bytes | None = None) -> Answer:
    """Send exactly this."""
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname or "localhost", target.port, timeout=30)
    try:
        connection.putrequest(method, target.path + (f"?{target.query}" if target.query else ""))
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None or method in {"POST", "PUT", "PATCH"}:
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, tuple(response.headers.items()), response.read().decode())
    finally:
        connection.close()


def post(url: str, form: Mapping[str, str] | Iterable[tuple[str, str]], *, headers: Headers = ()) -> Answer:
    """POST a form, whose names may repeat."""
    body = urlencode(list(form.items() if isinstance(form, Mapping) else form)).encode()
    return send("POST", url, headers=[("Content-Type", FORM), *headers], body=body)
