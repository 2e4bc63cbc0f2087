"""Who read the file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from health_file import access, actions, schemas
from health_file.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.pagination import Page, PageQuerySchema, decode_cursor, encode_cursor

LIST = "health_file.access_log"


@blueprint.route("/access-log", methods=["GET"])
@scopes(access.READ)
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, schemas.ReadingPageSchema)
def list_readings(query: Mapping[str, Any]) -> Page:
    """Who read what of the file, for what, and on which ground; newest first."""
    session, actor = current_session(), current_actor()
    before = None
    if query["cursor"]:
        before = UUID(decode_cursor(session, actor, LIST, query["cursor"])[0])
    found = actions.list_readings(session, actor, limit=query["limit"] + 1, before=before)
    items = found[: query["limit"]]
    following = None
    if len(found) > len(items):
        following = encode_cursor(session, actor, LIST, [str(items[-1].id)])
    return Page(items, following)
