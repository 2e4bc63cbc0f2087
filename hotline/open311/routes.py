"""GeoReport v2: discovery and the list of services, as JSON and XML.

Standard: http://wiki.open311.org/GeoReport_v2 — JSON lists are bare arrays; errors are arrays of code and
    description.
"""

from typing import Any
from xml.etree import ElementTree as ET

from flask import Response, current_app, request

from hotline.rules import CATEGORIES
from services.web.blueprints import ApiBlueprint
from services.web.declare import public
from services.web.json_writer import json_response
from services.web.language import gettext
from services.web.problems import Problem

blueprint = ApiBlueprint(
    "open311",
    __name__,
    service="hotline",
    url_prefix="/hotline/open311/v2",
    description="Open311 GeoReport v2",
)
CONTACT = "12345"
CHANGED = "2026-11-24T00:00:00+08:00"


def render_problem(problem: Problem) -> Response:
    """Errors in the standard's own shape."""
    content = [{"code": problem.status, "description": problem.title}]
    if request.path.endswith(".xml"):
        root = ET.Element("errors")
        _fill(ET.SubElement(root, "error"), content[0])
        return _xml(root, problem.status)
    return json_response(content, problem.status)


blueprint.problem_renderer = render_problem


@blueprint.route("/discovery", endpoint="discovery")
@blueprint.route("/discovery.json", endpoint="discovery_json")
@public("the standard makes discovery public")
def discovery() -> Response:
    """Where this endpoint is, and what it speaks."""
    return json_response(_discovery())


@blueprint.route("/discovery.xml")
@public("the standard makes discovery public")
def discovery_xml() -> Response:
    """Discovery as XML."""
    content = _discovery()
    root = ET.Element("discovery")
    _fill(root, {name: content[name] for name in ("changeset", "contact", "key_service")})
    endpoint = ET.SubElement(ET.SubElement(root, "endpoints"), "endpoint")
    told = content["endpoints"][0]
    _fill(endpoint, {name: told[name] for name in ("specification", "url", "changeset", "type")})
    formats = ET.SubElement(endpoint, "formats")
    for name in told["formats"]:
        ET.SubElement(formats, "format").text = name
    return _xml(root)


@blueprint.route("/services.json")
@public("the standard makes the list of services public")
def list_services() -> Response:
    """The kinds of requests."""
    return json_response(_services())


@blueprint.route("/services.xml")
@public("the standard makes the list of services public")
def list_services_xml() -> Response:
    """The kinds of requests as XML."""
    root = ET.Element("services")
    for service in _services():
        _fill(ET.SubElement(root, "service"), service)
    return _xml(root)


def _discovery() -> dict[str, Any]:
    base = current_app.extensions["citizen_settings"].base_url
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{base}/hotline/open311/v2",
        "changeset": CHANGED,
        "type": "production",
        "formats": ["application/json", "text/xml"],
    }
    return {"changeset": CHANGED, "contact": CONTACT, "key_service": CONTACT, "endpoints": [endpoint]}


def _services() -> list[dict[str, Any]]:
    return [
        {
            "service_code": category.code,
            "service_name": gettext(category.title),
            "description": gettext(category.title),
            "metadata": False,
            "type": "realtime",
            "keywords": "",
            "group": category.unit,
        }
        for category in CATEGORIES.values()
    ]


def _fill(element: ET.Element, content: dict[str, Any]) -> None:
    for name, value in content.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        ET.SubElement(element, name).text = text


def _xml(root: ET.Element, status: int = 200) -> Response:
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, status, content_type="text/xml; charset=utf-8")
