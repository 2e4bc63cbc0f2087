"""Bad marks that wait for a supervisor."""

from collections.abc import Sequence
from typing import Any

from hotline import access, actions, schemas
from hotline.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes


@blueprint.route("/rechecks", methods=["GET"])
@scopes(access.WORK)
@blueprint.response(200, schemas.RecheckSchema(many=True))
def list_rechecks() -> Sequence[Any]:
    """List tickets marked badly that nobody has looked into, those due first; supervisors do."""
    return actions.list_rechecks(current_session(), current_actor())
