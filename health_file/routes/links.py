"""Links by which the summary is shared: made, seen and ended by the file's owner."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from health_file import access, actions, schemas
from health_file.fhir.routes.addresses import base_url
from health_file.routes.blueprint import blueprint
from health_file.shl import routes as shl
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.language import current_language, gettext


@blueprint.route("/shares", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.HealthLinksSchema)
def list_shares() -> dict[str, Any]:
    """List the links by which the file's summary is shared, newest first."""
    return {"items": actions.list_shares(current_session(), current_actor())}


@blueprint.route("/shares", methods=["POST"])
@scopes(access.READ)
@blueprint.arguments(schemas.NewHealthLinkSchema)
@blueprint.response(201, schemas.HealthLinkSchema)
def create_share(wanted: Mapping[str, Any]) -> Any:
    """Share the summary as it is now by a SMART Health Link."""
    return actions.create_share(
        current_session(),
        current_actor(),
        address=shl.address(),
        base_url=base_url(),
        language=current_language(),
        say=gettext,
        **wanted,
    )


@blueprint.route("/shares/<uuid:share_id>", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.HealthLinkSchema)
def read_share(share_id: UUID) -> Any:
    """Read a link, how it stands and who opened it."""
    return actions.read_share(current_session(), current_actor(), share_id)


@blueprint.route("/shares/<uuid:share_id>", methods=["DELETE"])
@scopes(access.READ)
@blueprint.response(204)
def revoke_share(share_id: UUID) -> None:
    """End a link at once."""
    actions.revoke_share(current_session(), current_actor(), share_id)
