"""Kinds of tickets, and where dispatch would send one."""

from marshmallow import fields

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


class UnitSchema(StrictSchema):
    """A unit that answers for tickets."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    duty = fields.String(required=True, metadata={"description": "what it does"})
    district = fields.String(
        required=True, allow_none=True, metadata={"description": "where; none for the whole city"}
    )


class CategorySchema(StrictSchema):
    """A kind of ticket."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True, metadata={"description": "what belongs to it"})
    keywords = fields.List(fields.String(), required=True, metadata={"description": "what people call it"})
    group = fields.String(required=True, metadata={"description": "the heading that it is listed under"})
