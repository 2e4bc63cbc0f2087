"""How routes read what was sent: JSON through our strict reader, and no unknown field or parameter anywhere."""

from typing import Any

from flask import Request
from marshmallow import EXCLUDE, RAISE, Schema
from webargs.flaskparser import FlaskParser


class StrictParser(FlaskParser):
    """The parser behind `arguments`. Raises: MalformedJson 400, UnsupportedMediaType 415, ValidationError 422."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012  # the library's own declaration
        **dict.fromkeys(("json", "form", "query", "querystring", "files", "view_args", "path"), RAISE),
        **dict.fromkeys(("headers", "cookies"), EXCLUDE),
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body, which must say that it is JSON: the request itself reads strictly."""
        del schema
        return req.get_json()
