"""Reading requests: many by filters, one by its id, and the id behind a token.

Standard: GeoReport v2, GET Service Requests, GET Service Request, GET service_request_id from a token. What is read
    here is what everybody may read: until an operator releases a description there is kind and district alone.
"""

from datetime import datetime
from typing import Any

from flask import Response, request

from hotline import actions
from hotline.open311.arguments import STATUSES, check_jurisdiction, filters_of
from hotline.open311.blueprint import blueprint
from hotline.open311.errors import RequestUnknown, TokenUnknown
from hotline.open311.formats import answer
from hotline.rules import CATEGORIES, STATE_TITLES, State
from services.clock import SHANGHAI
from services.database.roles import Role
from services.errors import NotFound
from services.web.current import current_session
from services.web.declare import public
from services.web.language import gettext as _

CONTAINER, CHILD = "service_requests", "request"


@blueprint.route("/requests.json", methods=["GET"], endpoint="list_requests_json")
@blueprint.route("/requests.xml", methods=["GET"], endpoint="list_requests_xml")
@public("the standard makes requests public; they hold nothing of a person", role=Role.RESIDENT)
def list_requests() -> Response:
    """Requests by filters, newest first: the last 90 days or 1,000 of them, unless told otherwise."""
    check_jurisdiction(request.args)
    session = current_session()
    asked = filters_of(request.args, session.at)
    found = actions.list_public_requests(
        session,
        numbers=asked.numbers,
        categories=asked.categories,
        states=asked.states,
        between=asked.between,
        limit=asked.limit,
        offset=asked.offset,
    )
    return answer(CONTAINER, CHILD, [_shown(row) for row in found])


@blueprint.route("/requests/<service_request_id>.json", endpoint="read_request_json")
@blueprint.route("/requests/<service_request_id>.xml", endpoint="read_request_xml")
@public("the standard makes requests public; they hold nothing of a person", role=Role.RESIDENT)
def read_request(service_request_id: str) -> Response:
    """One request."""
    check_jurisdiction(request.args)
    try:
        row = actions.get_public_request(current_session(), number=service_request_id)
    except NotFound:
        raise RequestUnknown from None
    return answer(CONTAINER, CHILD, [_shown(row)])


@blueprint.route("/tokens/<token>.json", endpoint="read_token_json")
@blueprint.route("/tokens/<token>.xml", endpoint="read_token_xml")
@public("whoever holds the token filed the request", role=Role.RESIDENT)
def read_token(token: str) -> Response:
    """The id of the request that was filed under a token."""
    check_jurisdiction(request.args)
    number = actions.number_of_token(current_session(), token=token)
    if number is None:
        raise TokenUnknown
    return answer(CONTAINER, CHILD, [{"service_request_id": number, "token": token}])


def _shown(row: Any) -> dict[str, Any]:
    return {
        "service_request_id": row.number,
        "status": "open" if row.state in STATUSES["open"] else "closed",
        "status_notes": _(STATE_TITLES[State(row.state)]),
        "service_name": _(CATEGORIES[row.category].title),
        "service_code": row.category,
        "description": row.text,
        "agency_responsible": row.unit,
        "service_notice": None,
        "requested_datetime": _w3(row.requested_at),
        "updated_datetime": _w3(row.updated_at),
        "expected_datetime": _w3(row.expected_at),
        "address": row.place or row.district or None,
        "address_id": None,
        "zipcode": None,
        "lat": row.latitude,
        "long": row.longitude,
        "media_url": None,
    }


def _w3(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(SHANGHAI).isoformat(timespec="seconds")
