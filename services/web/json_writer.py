"""Writes JSON answers, quickly and always the same way."""

from decimal import Decimal
from typing import Any

import orjson
from flask import Response

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def write(content: Any) -> bytes:
    """Bytes of plain values, dates, instants (RFC 3339 with Z), UUIDs, and decimals with their own digits."""
    return orjson.dumps(content, default=_digits, option=OPTIONS)


def embedded(written: bytes) -> orjson.Fragment:
    """What `write` wrote, as a value of something larger: it goes in byte by byte."""
    return orjson.Fragment(written)


def _digits(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)


def json_response(content: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    """A ready answer; flask-smorest passes it through untouched."""
    return Response(write(content), status, mimetype=mimetype)
