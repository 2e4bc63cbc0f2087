"""Writes the two formats of GeoReport v2. Nothing here reads XML: requests come as forms.

Standard: GeoReport v2, Format Support; JSON follows the Spark convention: a container is a bare array, an empty element
    is null.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from flask import Response, request

from services.web.json_writer import write

JSON = "application/json; charset=utf-8"
XML = "text/xml; charset=utf-8"
DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
# XML 1.0 section 2.2: what may not stand in a document, however it is written.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Of what a container holds, by its name.
CHILDREN = {"endpoints": "endpoint", "formats": "format", "attributes": "attribute", "values": "value"}


def answer(container: str, child: str, items: Sequence[Mapping[str, Any]], status: int = 200) -> Response:
    """A list: a bare array, or a container with one element for each item."""
    if not wants_xml():
        return Response(write(list(items)), status, content_type=JSON)
    root = ET.Element(container)
    for item in items:
        _fill(ET.SubElement(root, child), item)
    return _xml(root, status)


def answer_one(name: str, item: Mapping[str, Any]) -> Response:
    """One object."""
    if not wants_xml():
        return Response(write(item), content_type=JSON)
    root = ET.Element(name)
    _fill(root, item)
    return _xml(root, 200)


def wants_xml() -> bool:
    """The format is the end of the address."""
    return request.path.endswith(".xml")


def _xml(root: ET.Element, status: int) -> Response:
    return Response(DECLARATION + ET.tostring(root, encoding="utf-8"), status, content_type=XML)


def _fill(element: ET.Element, content: Mapping[str, Any]) -> None:
    for name, value in content.items():
        inner = ET.SubElement(element, name)
        if isinstance(value, list):
            for one in value:
                child = ET.SubElement(inner, CHILDREN[name])
                if isinstance(one, Mapping):
                    _fill(child, one)
                else:
                    child.text = _text(one)
        elif value is not None:
            inner.text = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NO_CHARACTER.sub("", str(value))
