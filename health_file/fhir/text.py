"""FHIR as JSON text: decimals keep every digit that was sent (datatypes.html#decimal: precision has meaning)."""

import json
from decimal import Decimal
from typing import Any

from services.web.json_writer import embedded, write

__all__ = ["embedded", "read", "write"]


def read(text: bytes) -> Any:
    """What `write` wrote."""
    return json.loads(text, parse_float=Decimal)
