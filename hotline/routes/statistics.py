"""What everybody may know: counts with their rates, the heat map, published tickets as open data."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from hotline import actions, schemas
from hotline.routes.blueprint import blueprint
from hotline.rules.statistics import HeatCell
from services.database.roles import Role
from services.web.current import current_session
from services.web.declare import public

WHY = "counts of tickets, in which no person is"


@blueprint.route("/statistics", methods=["GET"])
@public(WHY, role=Role.RESIDENT)
@blueprint.arguments(schemas.StatisticsQuerySchema, location="query")
@blueprint.response(200, schemas.StatisticsSchema)
def read_statistics(query: Mapping[str, Any]) -> actions.Statistics:
    """Count tickets by one dimension; every rate comes with the numbers it is a share of."""
    return actions.read_statistics(
        current_session(), dimension=query["by"], first=query["first"], last=query["last"]
    )


@blueprint.route("/statistics/heat", methods=["GET"])
@public(WHY, role=Role.RESIDENT)
@blueprint.arguments(schemas.StretchSchema, location="query")
@blueprint.response(200, schemas.HeatCellSchema(many=True))
def read_heat(query: Mapping[str, Any]) -> list[HeatCell]:
    """How many tickets of each district and hour were late."""
    return actions.read_heat(current_session(), first=query["first"], last=query["last"])


@blueprint.route("/open-data/tickets.csv", methods=["GET"])
@public("what operators released for everybody", role=Role.RESIDENT)
@blueprint.arguments(schemas.OpenDataQuerySchema, location="query")
@blueprint.response(200, content_type="text/csv")
def download_open_data(query: Mapping[str, Any]) -> Response:
    """Take the public side of a stretch of days' tickets, as CSV (RFC 4180, UTF-8), 5,000 lines a page."""
    page = query["page"]
    content, has_more = actions.write_open_data(
        current_session(), first=query["first"], last=query["last"], page=page
    )
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="hotline-tickets-{page}.csv"'
    if has_more:
        following = urlencode({**request.args, "page": page + 1})
        response.headers["Link"] = f'<{request.base_url}?{following}>; rel="next"'
    return response
