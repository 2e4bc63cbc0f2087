"""FHIR as JSON text: decimals keep every digit that was sent (datatypes.html#decimal: precision has meaning)."""

import json
from decimal import Decimal
from typing import Any

import orjson

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def write(content: Any) -> bytes:
    """The text of plain values, in which a Decimal stands with its own digits."""
    return orjson.dumps(content, default=_digits, option=OPTIONS)


def read(text: bytes) -> Any:
    """What `write` wrote."""
    return json.loads(text, parse_float=Decimal)


def _digits(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)
