"""The legal persons' JSON API at `/legal-id/v1`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from legal_id import access, actions, schemas
from services.database.roles import Role
from services.web import exports
from services.web.blueprints import ApiBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes
from services.web.pagination import Page, PageQuerySchema, decode_cursor, encode_cursor

blueprint = ApiBlueprint(
    "legal_id", __name__, service="legal_id", url_prefix="/legal-id/v1", description="Legal-person ID"
)
LIST = "legal_id.legal_persons"


@blueprint.route("/legal-persons", methods=["GET"])
@scopes(access.READ)
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, schemas.LegalPersonPageSchema)
def list_legal_persons(query: Mapping[str, Any]) -> Page:
    """List the legal persons that you represent."""
    session, actor = current_session(), current_actor()
    after = UUID(decode_cursor(session, actor, LIST, query["cursor"])[0]) if query["cursor"] else None
    found = actions.list_legal_persons(session, actor, limit=query["limit"] + 1, after=after)
    items = found[: query["limit"]]
    following = None
    if len(found) > len(items):
        following = encode_cursor(session, actor, LIST, [str(items[-1][0])])
    return Page([view for _, view in items], following)


@blueprint.route("/legal-persons", methods=["POST"])
@scopes(access.REGISTER)
@blueprint.arguments(schemas.LegalPersonCreateSchema)
@blueprint.response(201, schemas.LegalPersonSchema)
def create_legal_person(body: Mapping[str, Any]) -> actions.LegalPersonView:
    """Register a legal person by its unified social credit code."""
    return actions.create_legal_person(current_session(), current_actor(), **body)


@blueprint.route("/legal-persons/<string:uscc>/events", methods=["POST"])
@scopes(access.REGISTER)
@blueprint.arguments(schemas.LegalPersonEventSchema)
@blueprint.response(200, schemas.LegalPersonSchema)
def change_legal_person(body: Mapping[str, Any], uscc: str) -> actions.LegalPersonView:
    """Suspend or resume the business that you represent."""
    return actions.change_legal_person(current_session(), current_actor(), uscc=uscc, **body)


@blueprint.route("/legal-persons/<string:uscc>/decisions", methods=["POST"])
@scopes(access.DECIDE)
@blueprint.arguments(schemas.LegalPersonEventSchema)
@blueprint.response(200, schemas.LegalPersonSchema)
def decide_legal_person(body: Mapping[str, Any], uscc: str) -> actions.LegalPersonView:
    """Confirm or refuse as an officer of the register."""
    return actions.change_legal_person(current_session(), current_actor(), uscc=uscc, **body)


@blueprint.route("/register/<string:uscc>", methods=["GET"])
@public("the register's first tier is public", role=Role.RESIDENT)
@blueprint.response(200, schemas.LegalPersonSchema)
def read_register(uscc: str) -> actions.LegalPersonView:
    """Look a legal person up by its unified social credit code."""
    return actions.read_legal_person(current_session(), current_actor(), uscc=uscc)


@blueprint.route("/exports", methods=["POST"])
@scopes(access.READ, step_up=exports.STEP_UP)
@blueprint.response(200, schemas.LegalPersonExportSchema)
def create_export() -> dict[str, Any]:
    """Take a copy of what the register holds about whom you represent."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = actions.list_legal_persons(session, actor, limit=exports.MOST + 1, after=None)
    return exports.export_of([view for _, view in found])
