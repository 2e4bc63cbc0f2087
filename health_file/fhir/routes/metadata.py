"""What the server can do."""

from flask import Response

from health_file.fhir import capability, negotiation, outcomes
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.blueprint import blueprint
from services.web.declare import public


@blueprint.route("/metadata", methods=["GET"])
@public("every FHIR server says publicly what it can do")
def metadata() -> Response:
    """The CapabilityStatement."""
    negotiation.require_format()
    return outcomes.answer(capability.statement(base_url().removesuffix("/health-file/fhir")), 200)
