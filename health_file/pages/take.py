"""Take it with you: the ways in which a file leaves, each with what it is good for."""

from flask import Response

from health_file import access, actions, schemas
from health_file.pages.blueprint import blueprint, open_file, page
from services.web import exports
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/my/health/download")
@scopes(access.READ)
def show_ways() -> str:
    """What can be taken, and how."""
    archives = actions.list_archives(current_session(), current_actor())
    return page("download", open_file(), archives=archives)


@blueprint.route("/my/health/copy")
@scopes(access.READ, step_up=exports.STEP_UP)
def download_copy() -> Response:
    """A copy of the whole file, to keep or to take elsewhere."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = actions.list_resources(session, actor, limit=exports.MOST + 1)
    items = [view.as_item() for view in found]
    return exports.download_of(schemas.HealthResourceExportSchema, items, name="health-file")
