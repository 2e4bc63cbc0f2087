"""Search of one type."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from health_file import access, actions
from health_file.errors import TypeNotSupported
from health_file.fhir import negotiation, outcomes, query
from health_file.fhir.routes.addresses import address_of, base_url, following
from health_file.fhir.routes.blueprint import blueprint
from health_file.rules import HELD_TYPES
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.pagination import decode_cursor, encode_cursor

LIST = "health_file.search"


@blueprint.route("/<string:resource_type>", methods=["GET"])
@scopes(access.READ)
def search(resource_type: str) -> Response:
    """Resources of a type that match and that the reader may see, as a searchset Bundle."""
    negotiation.require_format()
    if resource_type not in HELD_TYPES:
        raise TypeNotSupported
    session, actor = current_session(), current_actor()
    general = negotiation.GENERAL | {"_cursor"}
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in general]
    wanted = query.parse(resource_type, pairs, base_url=base_url(), is_lenient=negotiation.is_lenient())
    list_name, after = f"{LIST}:{resource_type}:{sorted(pairs)}", None
    if "_cursor" in request.args:
        at, last_id = decode_cursor(session, actor, list_name, request.args["_cursor"])
        after = (datetime.fromisoformat(at), UUID(last_id))
    found = actions.search_resources(session, actor, wanted, after=after)
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    if found.total is not None:
        bundle["total"] = found.total
    bundle["link"] = [{"relation": "self", "url": request.url}]
    if found.has_more:
        last = found.views[-1]
        cursor = encode_cursor(session, actor, list_name, [last.recorded_at.isoformat(), str(last.id)])
        bundle["link"].append({"relation": "next", "url": following(cursor)})
    if found.views:
        bundle["entry"] = [
            {"fullUrl": address_of(view), "resource": view.as_fhir(), "search": {"mode": "match"}}
            for view in found.views
        ]
    return outcomes.answer(bundle, 200)
