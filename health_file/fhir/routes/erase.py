"""`$erase`: a resident asks that the whole file be destroyed."""

from flask import Response

from health_file import access, actions
from health_file.fhir import negotiation, outcomes
from health_file.fhir.query.values import id_of
from health_file.fhir.routes.addresses import base_url
from health_file.fhir.routes.blueprint import blueprint
from services.gateway.people import acr
from services.web.current import current_actor, current_session
from services.web.declare import StepUp, scopes
from services.web.language import gettext
from services.words import msgid

STEP_UP = StepUp(acr.ONE_TIME_PASSWORD, 300, msgid("要销毁健康档案，先再确认是您本人"))


@blueprint.route("/Patient/<string:resource_id>/$erase", methods=["POST"])
@scopes(access.ERASE, step_up=STEP_UP)
def erase(resource_id: str) -> Response:
    """Ask that the whole file of this patient be erased once it has been thought over.

    202 with the address at which it stands; 409 with an issue for each rule of retention that forbids it.
    """
    negotiation.require_format()
    negotiation.require_no_parameters()
    erasure = actions.ask_for_erasure(
        current_session(), current_actor(), issuer=issuer(), patient_id=id_of(resource_id)
    )
    sentence = gettext("已收到：七天后销毁，那以前可以撤回")
    answer = outcomes.answer(outcomes.informational(sentence), 202)
    answer.headers["Content-Location"] = f"{issuer()}/health-file/v1/erasures/{erasure.id}"
    return answer


def issuer() -> str:
    """Who signs the receipt: the address under which the keys are published."""
    return base_url().removesuffix("/health-file/fhir")
