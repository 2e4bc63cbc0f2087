"""Discovery, the list of services, and the definition of each.

Standard: Open311 Service Discovery; GeoReport v2, GET Service List and GET Service Definition.
"""

from typing import Any

from flask import Response, request

from hotline.open311.arguments import check_jurisdiction, jurisdiction_id
from hotline.open311.blueprint import blueprint
from hotline.open311.errors import ServiceUnknown
from hotline.open311.formats import answer, answer_one
from hotline.rules import CATEGORIES
from hotline.rules.catalogue import CATALOGUE_CHANGED, GROUP_TITLES
from hotline.rules.questions import Question, questions_of
from services.web.current import current_settings
from services.web.declare import public
from services.web.language import gettext as _

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@blueprint.route("/discovery", endpoint="discovery")
@blueprint.route("/discovery.json", endpoint="discovery_json")
@blueprint.route("/discovery.xml", endpoint="discovery_xml")
@public("the standard makes discovery public")
def discover() -> Response:
    """Where this endpoint is, and what it speaks."""
    base = current_settings().base_url
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{base}/hotline/open311/v2",
        "changeset": CATALOGUE_CHANGED,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    own = {"own": jurisdiction_id()}
    return answer_one(
        "discovery",
        {
            "changeset": CATALOGUE_CHANGED,
            "contact": _("请打 12345（jurisdiction_id：%(own)s）", **own),
            "key_service": _("接入密钥请向市民热线申请：12345"),
            "endpoints": [endpoint],
        },
    )


@blueprint.route("/services.json", endpoint="list_services_json")
@blueprint.route("/services.xml", endpoint="list_services_xml")
@public("the standard makes the list of services public")
def list_services() -> Response:
    """The kinds of requests."""
    check_jurisdiction(request.args)
    services = [
        {
            "service_code": category.code,
            "service_name": _(category.title),
            "description": _(category.description),
            "metadata": bool(questions_of(category.code)),
            "type": "realtime",
            "keywords": _(category.keywords),
            "group": _(GROUP_TITLES[category.group]),
        }
        for category in CATEGORIES.values()
    ]
    return answer("services", "service", services)


@blueprint.route("/services/<service_code>.json", endpoint="define_service_json")
@blueprint.route("/services/<service_code>.xml", endpoint="define_service_xml")
@public("the standard makes service definitions public")
def define_service(service_code: str) -> Response:
    """The questions that go with one kind of request."""
    check_jurisdiction(request.args)
    if service_code not in CATEGORIES:
        raise ServiceUnknown
    attributes = [
        _attribute(question, order) for order, question in enumerate(questions_of(service_code), start=1)
    ]
    return answer_one("service_definition", {"service_code": service_code, "attributes": attributes})


def _attribute(question: Question, order: int) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "variable": question.is_asked,
        "code": question.code,
        "datatype": question.datatype.value,
        "required": question.is_required,
        "datatype_description": _(question.hint) if question.hint else None,
        "order": order,
        "description": _(question.title),
    }
    if question.options is not None:
        shown["values"] = [{"key": key, "name": _(name)} for key, name in question.options.items()]
    return shown
