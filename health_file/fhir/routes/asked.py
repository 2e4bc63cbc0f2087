"""What an operation is asked: in the address, or as a Parameters resource (operations.html#executing)."""

from typing import Any

from flask import request

from health_file.errors import ParameterInvalid
from health_file.fhir import negotiation
from services.web import json_reader

NOT_ASKED = negotiation.GENERAL | {"_cursor"}


def asked() -> list[tuple[str, str]]:
    """Name and value of every parameter. Raises: ParameterInvalid 400, UnsupportedMediaType 415."""
    negotiation.require_format()
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in NOT_ASKED]
    if request.method == "POST" and request.get_data():
        body = json_reader.read(negotiation.require_json_body(), exact=True)
        if not isinstance(body, dict) or body.get("resourceType") != "Parameters":
            raise ParameterInvalid("body", "Parameters", "structure")
        given = body.get("parameter", [])
        pairs += [_pair(one) for one in given] if isinstance(given, list) else []
    return pairs


def _pair(parameter: Any) -> tuple[str, str]:
    if isinstance(parameter, dict) and isinstance(parameter.get("name"), str):
        values = [value for name, value in parameter.items() if name.startswith("value")]
        if len(values) == 1 and isinstance(values[0], str | int):
            return parameter["name"], str(values[0])
    raise ParameterInvalid("parameter", "a name and a simple value", "structure")
