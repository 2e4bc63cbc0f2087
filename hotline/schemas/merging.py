"""Merging, and tickets that may be about the same matter."""

from marshmallow import fields, validate

from hotline.schemas.tickets import TicketSchema
from services.web.schemas import Line, StrictSchema


class MergeSchema(StrictSchema):
    """Into which ticket."""

    into = Line(required=True, most=20, metadata={"example": "261126000001"})
    fence = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0))


class UnmergeSchema(StrictSchema):
    """Why a merge is undone."""

    note = fields.String(
        required=True, validate=validate.Length(1, 4000), metadata={"example": "不是同一盏灯"}
    )


class AlikeSchema(StrictSchema):
    """A ticket that may be about the same matter; `percent` of their pairs of characters are the same."""

    ticket = fields.Nested(TicketSchema, required=True)
    percent = fields.Integer(required=True)
