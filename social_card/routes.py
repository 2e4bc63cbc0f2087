"""The social card's JSON API at `/social-card/v1`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.web import exports
from services.web.blueprints import ApiBlueprint
from services.web.current import current_actor, current_session
from services.web.declare import scopes
from services.web.pagination import Page, PageQuerySchema, decode_cursor, encode_cursor
from social_card import access, actions, schemas, showing
from social_card.desk import desk

blueprint = ApiBlueprint(
    "social_card",
    __name__,
    service="social_card",
    url_prefix="/social-card/v1",
    description="Social security card",
)
LIST = "social_card.cards"


@blueprint.route("/cards", methods=["GET"])
@scopes(access.READ)
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, schemas.CardPageSchema)
def list_cards(query: Mapping[str, Any]) -> Page:
    """List the cards you may see, newest first."""
    session, actor = current_session(), current_actor()
    after = None
    if query["cursor"]:
        at, card_id = decode_cursor(session, actor, LIST, query["cursor"])
        after = (datetime.fromisoformat(at), UUID(card_id))
    found = actions.list_cards(session, actor, limit=query["limit"] + 1, after=after)
    items = found[: query["limit"]]
    following = None
    if len(found) > len(items):
        values = [items[-1].applied_at.isoformat(), str(items[-1].id)]
        following = encode_cursor(session, actor, LIST, values)
    return Page(items, following)


@blueprint.route("/card-applications", methods=["POST"])
@scopes(access.APPLY)
@blueprint.arguments(schemas.CardApplicationSchema)
@blueprint.response(201, schemas.CardSchema)
def create_application(body: Mapping[str, Any]) -> actions.CardView:
    """Apply for a card."""
    return actions.create_application(current_session(), current_actor(), **body)


@blueprint.route("/cards/<uuid:card_id>", methods=["GET"])
@scopes(access.READ)
@blueprint.response(200, schemas.CardSchema)
def read_card(card_id: UUID) -> actions.CardView:
    """Read one card and what may be done with it now."""
    card, _ = actions.read_card(current_session(), current_actor(), card_id=card_id)
    return card


@blueprint.route("/cards/<uuid:card_id>/transitions", methods=["POST"])
@scopes(access.APPLY)
@blueprint.arguments(schemas.CardTransitionSchema)
@blueprint.response(200, schemas.CardSchema)
def change_card(body: Mapping[str, Any], card_id: UUID) -> actions.CardView:
    """Take one step as the holder: withdraw, activate, report lost, release."""
    return actions.change_card(current_session(), current_actor(), card_id=card_id, **body)


@blueprint.route("/cards/<uuid:card_id>/decisions", methods=["POST"])
@scopes(access.MANAGE)
@blueprint.arguments(schemas.CardTransitionSchema)
@blueprint.response(200, schemas.CardSchema)
def decide_card(body: Mapping[str, Any], card_id: UUID) -> actions.CardView:
    """Take one step as an officer of the card centre."""
    return actions.change_card(current_session(), current_actor(), card_id=card_id, **body)


@blueprint.route("/checks", methods=["POST"])
@scopes(access.CHECK)
@blueprint.arguments(schemas.CheckRequestSchema)
@blueprint.response(201, schemas.CheckSchema)
def create_check(body: Mapping[str, Any]) -> showing.CheckView:
    """Check the card that is shown at your desk; for half an hour your unit may read its holder's health file."""
    return showing.check_card(current_session(), current_actor(), code=body["code"].strip(), desk=desk())


@blueprint.route("/exports", methods=["POST"])
@scopes(access.READ, step_up=exports.STEP_UP)
@blueprint.response(200, schemas.CardExportSchema)
def create_export() -> dict[str, Any]:
    """Take a copy of everything about your cards."""
    session, actor = current_session(), current_actor()
    exports.check_own(actor)
    return exports.export_of(actions.list_cards(session, actor, limit=exports.MOST + 1, after=None))
