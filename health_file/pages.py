"""The health file's page: results in everyday words, newest first."""

from flask import render_template

from health_file import access, actions
from health_file.rules import finding_of
from services.web.blueprints import PageBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes

blueprint = PageBlueprint("health_file_pages", __name__, service="health_file")
SHOWN = 25


@blueprint.route("/my/health")
@scopes(access.READ)
def show_file() -> str:
    """The newest results, and who wrote them."""
    found = actions.list_resources(current_session(), current_actor(), limit=SHOWN)
    findings = [(finding_of(view.body), view) for view in found if view.type == "Observation"]
    patient = next((view for view in found if view.type == "Patient"), None)
    return render_template("health_file/file.html", findings=findings, patient=patient)
