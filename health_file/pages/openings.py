"""The supervisors' desk where unusual beginnings of treating relations are reviewed."""

from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from health_file import access, actions
from health_file.pages.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes

PLACE = "/console/health/openings"


@blueprint.get(PLACE)
@scopes(access.REVIEW)
def show_openings() -> str:
    """What waits for a review, the oldest first."""
    found = actions.list_openings(current_session(), current_actor())
    return render_template("health_file/openings.html", openings=found)


@blueprint.post(f"{PLACE}/<uuid:opening_id>")
@scopes(access.REVIEW)
def decide_opening(opening_id: UUID) -> Response:
    """Say whether it was right."""
    verdict = request.form.get("verdict", "")
    actions.review_opening(current_session(), current_actor(), opening_id=opening_id, verdict=verdict)
    return redirect(PLACE, 303)
