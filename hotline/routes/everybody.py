"""What is open to everybody: tracking by number and code, and the catalogue."""

from collections.abc import Mapping
from typing import Any

from hotline import actions, schemas
from hotline.routes.blueprint import blueprint
from hotline.rules.catalogue import GROUP_TITLES
from hotline.rules.units import DUTY_TITLES
from services.database.roles import Role
from services.web.current import current_actor, current_session
from services.web.declare import public
from services.web.language import gettext


@blueprint.route("/track", methods=["POST"])
@public("whoever holds number and code may follow a ticket", role=Role.RESIDENT)
@blueprint.arguments(schemas.TrackSchema)
@blueprint.response(200, schemas.TrackedSchema)
def track_ticket(body: Mapping[str, Any]) -> dict[str, Any]:
    """Follow a ticket without signing in, with all that its chain of digests is made of."""
    found = actions.track_ticket(
        current_session(), current_actor(), number=body["number"], code=body["tracking_code"]
    )
    return schemas.tracked(found.ticket.number, found.ticket.state, found.events, found.broken_at)


@blueprint.route("/categories", methods=["GET"])
@public("the catalogue is public", role=Role.RESIDENT)
@blueprint.response(200, schemas.CategorySchema(many=True))
def list_categories() -> list[dict[str, Any]]:
    """List the kinds of tickets, with the time that each clock of one has by urgency and channel, and who says so."""
    return [
        {
            "code": one.code,
            "title": gettext(one.title),
            "description": gettext(one.description),
            "keywords": gettext(one.keywords).split(","),
            "group": gettext(GROUP_TITLES[one.group]),
            "policy": one.policy,
            "times": [
                {
                    "urgency": told.urgency,
                    "channel": told.channel,
                    "clock": told.kind,
                    "minutes": told.allowance.minutes,
                    "is_day_and_night": told.allowance.is_day_and_night,
                    "source": told.allowance.source,
                }
                for told in one.times
            ],
        }
        for one in actions.list_categories(current_session())
    ]


@blueprint.route("/units", methods=["GET"])
@public("who answers for what is public")
@blueprint.response(200, schemas.UnitSchema(many=True))
def list_units() -> list[dict[str, Any]]:
    """List the units that answer for tickets, what each does, and where."""
    return [
        {
            "code": unit.code,
            "title": gettext(unit.title),
            "duty": gettext(DUTY_TITLES[unit.duty]),
            "district": unit.district,
        }
        for unit in actions.list_units()
    ]
