"""The shapes of the social card's JSON."""

from marshmallow import fields
from marshmallow.validate import Length

from services.web.exports import export_schema
from services.web.pagination import page_schema
from services.web.schemas import Line, StrictSchema
from social_card.rules import Event


class CardApplicationSchema(StrictSchema):
    """An application."""

    pickup = Line(required=True, most=200, metadata={"example": "东岸区社保卡服务网点"})


class CardSchema(StrictSchema):
    """A card."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    generation = fields.Integer(required=True)
    number = fields.String(required=True)
    pickup = fields.String(required=True)
    version = fields.Integer(required=True)
    applied_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)
    events = fields.List(fields.String(), required=True)


CardPageSchema = page_schema(CardSchema)
CardExportSchema = export_schema(CardSchema)


class CardTransitionSchema(StrictSchema):
    """One arrow of the state table."""

    event = fields.Enum(Event, by_value=True, required=True, metadata={"example": "activate"})


class CheckRequestSchema(StrictSchema):
    """What was read off a card that is shown."""

    code = fields.String(
        required=True, validate=Length(1, 512), metadata={"example": "not a code of anybody"}
    )


class CheckSchema(StrictSchema):
    """A check: the card is genuine, active and here."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    checked_at = fields.AwareDateTime(required=True)
    unit_name = fields.String(required=True)
    opened_until = fields.AwareDateTime(required=True, allow_none=True)
    patient = fields.String(required=True, allow_none=True)
