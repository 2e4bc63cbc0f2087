"""Finding tickets by their words. What is looked for is sent in a body: an address would end up in logs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hotline import access, actions, schemas
from hotline.routes.blueprint import blueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.pagination import Page, decode_cursor, encode_cursor

SEARCH = "hotline.search"


@blueprint.route("/tickets/search", methods=["POST"])
@scopes(access.WORK)
@blueprint.arguments(schemas.SearchSchema)
@blueprint.response(200, schemas.TicketPageSchema)
def search_tickets(body: Mapping[str, Any]) -> Page:
    """Find tickets that hold every word, newest first; exactly those a substring search would find."""
    session, actor = current_session(), current_actor()
    after = None
    if body["cursor"]:
        after = UUID(decode_cursor(session, actor, SEARCH, body["cursor"])[0])
    found = actions.search_tickets(
        session,
        actor,
        words=body["words"],
        filters=schemas.filters_of(body),
        limit=body["limit"],
        after=after,
    )
    following = None
    if found.after is not None:
        following = encode_cursor(session, actor, SEARCH, [str(found.after)])
    return Page(found.tickets, following)


@blueprint.route("/tickets/search/facets", methods=["POST"])
@scopes(access.WORK)
@blueprint.arguments(schemas.FacetQuerySchema)
@blueprint.response(200, schemas.FacetsSchema)
def count_facets(body: Mapping[str, Any]) -> actions.Facets:
    """Count what a search finds by state, category, district and channel."""
    return actions.count_facets(
        current_session(), current_actor(), words=body["words"], filters=schemas.filters_of(body)
    )


@blueprint.route("/saved-views", methods=["GET"])
@scopes(access.WORK)
@blueprint.response(200, schemas.SavedViewSchema(many=True))
def list_saved_views() -> list[actions.SavedView]:
    """List the searches you keep."""
    return actions.list_saved_views(current_session(), current_actor())


@blueprint.route("/saved-views", methods=["POST"])
@scopes(access.WORK)
@blueprint.arguments(schemas.SavedViewCreateSchema)
@blueprint.response(201, schemas.SavedViewSchema)
def save_view(body: Mapping[str, Any]) -> actions.SavedView:
    """Keep a search under a name."""
    asked = {name: value for name, value in body.items() if name in schemas.FILTER_NAMES}
    filters = schemas.FacetQuerySchema().dump(asked)
    return actions.save_view(
        current_session(), current_actor(), title=body["title"], words=body["words"], filters=filters
    )


@blueprint.route("/saved-views/<uuid:view_id>", methods=["DELETE"])
@scopes(access.WORK)
@blueprint.response(204)
def forget_view(view_id: UUID) -> None:
    """Forget a search."""
    actions.forget_view(current_session(), current_actor(), view_id=view_id)
