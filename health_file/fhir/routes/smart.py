"""How to get a token for this FHIR base.

Standard: SMART App Launch 2.2.0, section 4.
"""

from flask import Response

from health_file.fhir.routes.blueprint import blueprint
from services.gateway.oauth.client_certificate import current_certificates
from services.gateway.oauth.issuer import current_issuer
from services.gateway.oauth.smart.configuration import smart_configuration
from services.web.declare import public
from services.web.json_writer import json_response


@blueprint.route("/.well-known/smart-configuration", methods=["GET"])
@public("applications discover how to ask for a token before they have one")
def show_smart_configuration() -> Response:
    """The SMART configuration; always JSON, whatever the caller accepts (section 4.0.2)."""
    response = json_response(smart_configuration(current_issuer(), current_certificates().methods))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
