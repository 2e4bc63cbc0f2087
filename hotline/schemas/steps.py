"""What is done to tickets."""

from marshmallow import fields, validate

from hotline.actions.needs import MOST_CO_UNITS
from hotline.rules import Action
from hotline.rules.units import UNITS
from hotline.rules.urgency import Urgency
from services.web.schemas import Line, StrictSchema


class TicketActionSchema(StrictSchema):
    """One arrow of the state table."""

    action = fields.Enum(Action, by_value=True, required=True, metadata={"example": "dispatch"})
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 4000))
    unit = Line(load_default=None, allow_none=True, most=40)
    service = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(["110", "119", "120", "122"])
    )
    days = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 15))
    score = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 5))
    article = Line(load_default=None, allow_none=True, most=60)
    urgency = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(Urgency)))
    co_units = fields.List(
        fields.String(validate=validate.OneOf(sorted(UNITS))),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST_CO_UNITS),
    )
    despite_open_parts = fields.Boolean(load_default=False)
    fence = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0))


class TicketReplySchema(StrictSchema):
    """What a reporter does to a ticket of their own."""

    action = fields.Enum(
        Action,
        by_value=True,
        required=True,
        validate=validate.OneOf(
            [Action.REPLY, Action.SUPPLEMENT, Action.CLOSE, Action.RATE, Action.REOPEN, Action.DISPUTE]
        ),
        metadata={"example": "close"},
    )
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 4000))
    score = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 5))


class PublicationSchema(StrictSchema):
    """What everybody may read of a ticket, in an operator's own words."""

    text = fields.String(
        required=True, validate=validate.Length(1, 4000), metadata={"example": "和平路一盏路灯不亮"}
    )
    place = Line(load_default="", least=0, most=500, metadata={"example": "和平路近民生街"})
    with_point = fields.Boolean(load_default=False)
