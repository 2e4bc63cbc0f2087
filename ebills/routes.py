"""The e-bills' JSON API at `/ebills/v1`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from ebills import access, actions, schemas
from ebills.rules.billers_file import COLUMNS
from services.database.roles import Role
from services.web import exports
from services.web.blueprints import ApiBlueprint
from services.web.current import current_actor, current_session, current_settings
from services.web.declare import public, scopes
from services.web.json_writer import json_response
from services.web.pagination import Page, PageQuerySchema, decode_cursor, encode_cursor
from services.web.preconditions import with_etag

blueprint = ApiBlueprint(
    "ebills", __name__, service="ebills", url_prefix="/ebills/v1", description="Utility e-bills"
)
BILLS, IMPORTS = "ebills.bills", "ebills.imports"
EXAMPLE = (
    f"citizen-bills,1,SEPC,1,18644\n{','.join(COLUMNS)}\n"
    "202610-00042,3101000123,和平路 1 号,2026-10-01,2026-10-31,2026-11-05,2026-11-28,382,kWh,"
    "峰时=13268|谷时=5376,18644,CNY,0,\n"
)
FILE = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string"}, "example": EXAMPLE}},
    },
    "responses": {200: {"description": "This very file was imported before; nothing was done again"}},
}


@blueprint.route("/bills", methods=["GET"])
@scopes(access.READ)
@blueprint.arguments(schemas.BillQuerySchema, location="query")
@blueprint.response(200, schemas.BillPageSchema)
def list_bills(query: Mapping[str, Any]) -> Response:
    """List your bills, newest first. Amounts are integer fen."""
    session, actor = current_session(), current_actor()
    limit, after = query["limit"], None
    if query["cursor"]:
        issued_on, bill_id = decode_cursor(session, actor, BILLS, query["cursor"])
        after = (date.fromisoformat(issued_on), UUID(bill_id))
    found = actions.list_bills(session, actor, limit=limit + 1, after=after, state=query["state"])
    items, following = found[:limit], None
    if len(found) > limit:
        last = items[-1]
        following = encode_cursor(session, actor, BILLS, [last.issued_on.isoformat(), str(last.id)])
    # The hot list is written straight from its rows; a contract test holds it equal to the schema.
    return json_response({"items": [bill._asdict() for bill in items], "next_cursor": following})


@blueprint.route("/bills/<uuid:bill_id>", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.BillDetailSchema)
def read_bill(bill_id: UUID) -> Response:
    """Read one bill with its lines."""
    view = actions.read_bill(current_session(), current_actor(), bill_id=bill_id)
    lines = [{"title": line.title, "amount_minor": line.amount_minor} for line in view.lines]
    return with_etag(json_response({**view.bill._asdict(), "lines": lines}), view.version)


@blueprint.route("/accounts", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.AccountSchema(many=True))
def list_accounts() -> list[actions.AccountView]:
    """List your service accounts."""
    return actions.list_accounts(current_session(), current_actor())


@blueprint.route("/accounts", methods=["POST"])
@scopes(access.CLAIM)
@blueprint.arguments(schemas.AccountClaimSchema)
@blueprint.response(201, schemas.AccountSchema)
def claim_account(body: Mapping[str, Any]) -> actions.AccountView:
    """Claim a service account that you hold; its earlier bills become yours to read."""
    settings = current_settings()
    return actions.claim_account(current_session(), current_actor(), **body, policy=settings.throttle_policy)


@blueprint.route("/imports", methods=["GET"])
@scopes(access.IMPORT)
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, schemas.ImportPageSchema)
def list_imports(query: Mapping[str, Any]) -> Page:
    """List the imports of your organisation, newest first."""
    session, actor = current_session(), current_actor()
    limit, after = query["limit"], None
    if query["cursor"]:
        imported_at, import_id = decode_cursor(session, actor, IMPORTS, query["cursor"])
        after = (datetime.fromisoformat(imported_at), UUID(import_id))
    found = actions.list_imports(session, actor, limit=limit + 1, after=after)
    items, following = found[:limit], None
    if len(found) > limit:
        last = items[-1]
        following = encode_cursor(session, actor, IMPORTS, [last.imported_at.isoformat(), str(last.id)])
    return Page(items, following)


@blueprint.route("/imports", methods=["POST"])
@scopes(access.IMPORT)
@blueprint.doc(**FILE)
@blueprint.response(201, schemas.ImportSchema)
def create_import() -> tuple[actions.ImportResult, int]:
    """Import a file of bills (CSV) of your own organisation: all of it, or nothing."""
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType
    result = actions.create_import(current_session(), current_actor(), content=request.get_data())
    return result, 200 if result.is_repeat else 201


@blueprint.route("/imports/<uuid:import_id>", methods=["GET"])
@scopes(access.IMPORT)
@blueprint.response(200, schemas.ImportSchema)
def read_import(import_id: UUID) -> actions.ImportResult:
    """Read one import of your organisation."""
    return actions.read_import(current_session(), current_actor(), import_id=import_id)


@blueprint.route("/billers", methods=["GET"])
@public("who sends bills in this city is public", role=Role.RESIDENT)
@blueprint.response(200, schemas.BillerSchema(many=True))
def list_billers() -> list[Any]:
    """List the billers."""
    return actions.list_billers(current_session())


@blueprint.route("/exports", methods=["POST"])
@scopes(access.READ, step_up=exports.STEP_UP)
@blueprint.response(200, schemas.BillExportSchema)
def create_export() -> dict[str, Any]:
    """Take a copy of all your bills."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    found = actions.list_bills(session, actor, limit=exports.MOST + 1, after=None, state=None)
    return exports.export_of(found)
