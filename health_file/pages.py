"""The health file's page: results in everyday words, newest first."""

from flask import Response, render_template

from health_file import access, actions, schemas
from health_file.rules import finding_of
from services.web import exports
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


@blueprint.route("/my/health/copy")
@scopes(access.READ, step_up=exports.STEP_UP)
def download_copy() -> Response:
    """A copy of the whole file, to keep or to take elsewhere."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = actions.list_resources(session, actor, limit=exports.MOST + 1)
    items = [view.as_item() for view in found]
    return exports.download_of(schemas.HealthResourceExportSchema, items, name="health-file")
