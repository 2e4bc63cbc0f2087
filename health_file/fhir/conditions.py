"""A search that stands as a condition: in If-None-Exist, in an address, in a reference. Pure."""

from urllib.parse import parse_qsl

from health_file.errors import ParameterInvalid, TypeNotSupported
from health_file.fhir import query
from health_file.rules import HELD_TYPES


def condition_of(resource_type: str, text: str, *, base_url: str, name: str) -> query.Query:
    """The condition of an interaction; one that asks for nothing would match everything.

    Raises: TypeNotSupported 404, ParameterInvalid 400 naming `name`.
    """
    if resource_type not in HELD_TYPES:
        raise TypeNotSupported
    pairs = parse_qsl(text.partition("?")[2] if "?" in text else text, keep_blank_values=True)
    wanted = query.parse(resource_type, pairs, base_url=base_url, is_lenient=False)
    if not wanted.is_narrowed:
        raise ParameterInvalid(name, "a search parameter")
    return wanted
