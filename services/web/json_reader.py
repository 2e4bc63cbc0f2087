"""Reads JSON strictly: what two parsers could read differently is refused.

Refused: duplicate member names (RFC 8259 section 4 calls the outcome unpredictable), NaN and infinities, numbers
that overflow to them, integers beyond 64 bits, NUL, lone surrogates, a byte order mark, deep nesting, and
anything that is not UTF-8.
"""

import json
import math
import re
from decimal import Decimal
from typing import Any

from services.errors import CitizenError
from services.words import msgid

MOST_DEPTH = 32
INT64 = range(-(2**63), 2**63)
# Strings, each whole, so that what stands inside is no bracket; an unclosed one reaches to the end. Then brackets.
MARKS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
UNWANTED = re.compile("[\x00\ud800-\udfff]")


class MalformedJson(CitizenError):
    """The body is not JSON that everybody reads the same way."""

    code = "web.malformed_json"
    status = 400
    title = msgid("请求内容不是规范的 JSON：%(reason)s")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


def read(raw: bytes, *, exact: bool = False) -> Any:
    """Parse one JSON text; `exact` reads fractions as Decimal, with every digit that was sent.

    Raises: MalformedJson naming the kind of fault, never the content.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedJson("not UTF-8") from None
    if text.startswith("\ufeff"):
        raise MalformedJson("byte order mark")
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_escaped_object if "\\u" in text else _object,
            parse_constant=_constant,
            parse_float=_decimal if exact else _float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        raise MalformedJson(f"line {error.lineno}, column {error.colno}") from None
    _check_values(value)
    return value


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the recursive parser sees it."""
    depth = 0
    for found in MARKS.finditer(text):
        mark = found[0]
        if mark in "[{":
            depth += 1
            if depth > MOST_DEPTH:
                raise MalformedJson(f"nested deeper than {MOST_DEPTH}")
        elif mark in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedJson("a member name stands twice")
    return found


def _escaped_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """As _object, in a text with escapes: only these bring NUL and lone surrogates into what is UTF-8."""
    for name, value in pairs:
        _check_text(name)
        _check_values(value)
    return _object(pairs)


def _check_values(value: Any) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for one in value:
            _check_values(one)


def _check_text(text: str) -> None:
    found = UNWANTED.search(text)
    if found is not None:
        raise MalformedJson("a text holds NUL" if found[0] == "\x00" else "a text holds a lone surrogate")


def _constant(name: str) -> float:
    raise MalformedJson(f"{name} is no JSON number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise MalformedJson("a number is too large")
    return value


def _decimal(text: str) -> Decimal:
    _float(text)
    return Decimal(text)


def _int(text: str) -> int:
    if len(text) > 20 or int(text) not in INT64:
        raise MalformedJson("an integer has more than 64 bits")
    return int(text)
