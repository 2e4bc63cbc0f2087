"""The supervisors' desk where readings in an emergency are reviewed."""

from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from health_file import access, actions
from health_file.pages.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes

PLACE = "/console/health/emergencies"


@blueprint.get(PLACE)
@scopes(access.REVIEW)
def show_emergencies() -> str:
    """What waits for a review; what is late stands first."""
    found = actions.list_emergencies(current_session(), current_actor())
    return render_template("health_file/emergencies.html", emergencies=found)


@blueprint.post(f"{PLACE}/<uuid:emergency_id>")
@scopes(access.REVIEW)
def decide_emergency(emergency_id: UUID) -> Response:
    """Say whether it was right."""
    verdict = request.form.get("verdict", "")
    actions.review_emergency(current_session(), current_actor(), emergency_id=emergency_id, verdict=verdict)
    return redirect(PLACE, 303)
