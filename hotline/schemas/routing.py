"""Kinds of tickets, and where dispatch would send one."""

from marshmallow import fields

from hotline.rules.policies import ClockKind
from hotline.rules.urgency import Urgency
from services.web.schemas import StrictSchema


class ConsideredSchema(StrictSchema):
    """A rule that was asked; `differs_in` is null for the one that decides."""

    rank = fields.Integer(required=True)
    unit = fields.String(required=True)
    differs_in = fields.String(required=True, allow_none=True)


class RouteSchema(StrictSchema):
    """Where dispatch would send a ticket; `rank` is null when the catalogue decides."""

    unit = fields.String(required=True)
    version = fields.Integer(required=True)
    rank = fields.Integer(required=True, allow_none=True)
    considered = fields.List(fields.Nested(ConsideredSchema), required=True)
    # The version of the district's backstops, where neither a rule nor the catalogue knows whose it is.
    backstops = fields.Integer(required=True, allow_none=True)


class TimeSchema(StrictSchema):
    """How long one clock has; `channel` is null for every channel without a line of its own.

    `minutes` are of working time, or of day and night.
    """

    urgency = fields.Enum(Urgency, by_value=True, required=True)
    channel = fields.String(required=True, allow_none=True)
    clock = fields.Enum(ClockKind, by_value=True, required=True)
    minutes = fields.Integer(required=True)
    is_day_and_night = fields.Boolean(required=True)
    # Where the number comes from; secondary sources are named as such. Empty where the house never said.
    source = fields.String(required=True)


class UnitSchema(StrictSchema):
    """A unit that answers for tickets."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    duty = fields.String(required=True, metadata={"description": "what it does"})
    district = fields.String(
        required=True, allow_none=True, metadata={"description": "where; none for the whole city"}
    )


class CategorySchema(StrictSchema):
    """A kind of ticket; `policy` is the version of the rules of time that holds for tickets filed now."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True, metadata={"description": "what belongs to it"})
    keywords = fields.List(fields.String(), required=True, metadata={"description": "what people call it"})
    group = fields.String(required=True, metadata={"description": "the heading that it is listed under"})
    policy = fields.Integer(required=True)
    times = fields.List(fields.Nested(TimeSchema), required=True)
