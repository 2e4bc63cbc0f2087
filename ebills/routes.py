"""The e-bills' JSON API at `/ebills/v1`."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from ebills import access, actions, schemas
from services.database.roles import Role
from services.web.blueprints import ApiBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import public, scopes
from services.web.json_writer import json_response
from services.web.pagination import decode_cursor, encode_cursor
from services.web.preconditions import with_etag
from services.web.request import UnreadableRequest

blueprint = ApiBlueprint(
    "ebills", __name__, service="ebills", url_prefix="/ebills/v1", description="Utility e-bills"
)
LIST = "ebills.bills"
FILE = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}


@blueprint.route("/bills", methods=["GET"])
@scopes(access.READ)
@blueprint.arguments(schemas.BillQuerySchema, location="query")
@blueprint.response(200, schemas.BillPageSchema)
def list_bills(query: Mapping[str, Any]) -> Response:
    """List your bills, newest first. Amounts are integer fen."""
    session, actor = current_session(), current_actor()
    limit, after = query["limit"], None
    if query["cursor"]:
        issued_on, bill_id = decode_cursor(session, actor, LIST, query["cursor"])
        after = (date.fromisoformat(issued_on), UUID(bill_id))
    found = actions.list_bills(session, actor, limit=limit + 1, after=after, state=query["state"])
    items = found[:limit]
    following = None
    if len(found) > limit:
        following = encode_cursor(session, actor, LIST, [items[-1].issued_on.isoformat(), str(items[-1].id)])
    # The hot list is written straight from its rows; a contract test holds it equal to the schema.
    return json_response({"items": [bill._asdict() for bill in items], "next_cursor": following})


@blueprint.route("/bills/<uuid:bill_id>", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.BillDetailSchema)
def read_bill(bill_id: UUID) -> Response:
    """Read one bill with its lines."""
    view = actions.read_bill(current_session(), current_actor(), bill_id=bill_id)
    lines = [{"title": title, "amount_minor": amount} for title, amount in view.lines]
    return with_etag(json_response({**view.bill._asdict(), "lines": lines}), view.version)


@blueprint.route("/accounts", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.AccountSchema(many=True))
def list_accounts() -> list[actions.AccountView]:
    """List your service accounts."""
    return actions.list_accounts(current_session(), current_actor())


@blueprint.route("/accounts", methods=["POST"])
@scopes(access.LINK)
@blueprint.arguments(schemas.AccountLinkSchema)
@blueprint.response(201, schemas.AccountSchema)
def link_account(body: Mapping[str, Any]) -> actions.AccountView:
    """Link a service account that you hold."""
    return actions.link_account(current_session(), current_actor(), **body)


@blueprint.route("/imports", methods=["POST"])
@scopes(access.IMPORT)
@blueprint.doc(**FILE)
@blueprint.response(201, schemas.ImportSchema)
def import_bills() -> actions.ImportResult:
    """Import a file of bills (CSV) of your own organisation."""
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType
    try:
        text = request.get_data().decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableRequest from None
    return actions.import_bills(current_session(), current_actor(), text=text)


@blueprint.route("/billers", methods=["GET"])
@public("who sends bills in this city is public", role=Role.RESIDENT)
@blueprint.response(200, schemas.BillerSchema(many=True))
def list_billers() -> list[Any]:
    """List the billers."""
    return actions.list_billers(current_session())
