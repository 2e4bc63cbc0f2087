"""What the server can do."""

from flask import Response, request

from health_file.fhir import capability, negotiation, outcomes
from health_file.fhir.query.values import one_of
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.blueprint import blueprint
from services.web.declare import public

STATEMENTS = {
    "full": capability.statement,
    "normative": capability.statement,
    "terminology": capability.terminology,
}


@blueprint.route("/metadata", methods=["GET"])
@public("every FHIR server says publicly what it can do")
def metadata() -> Response:
    """The CapabilityStatement, or the TerminologyCapabilities (http.html#capabilities)."""
    negotiation.require_format()
    negotiation.require_no_parameters("mode")
    mode = one_of("mode", request.args.get("mode", "full"), tuple(STATEMENTS))
    return outcomes.answer(STATEMENTS[mode](base_url().removesuffix("/health-file/fhir")), 200)
