"""Public tickets about something like it."""

from marshmallow import fields, validate

from services.web.schemas import Line, StrictSchema


class SimilarQuerySchema(StrictSchema):
    """What is about to be reported, and where; sent in a body, since an address would end up in logs."""

    text = fields.String(
        required=True, validate=validate.Length(1, 20_000), metadata={"example": "和平路的路灯不亮"}
    )
    district = Line(required=True, most=40, metadata={"example": "东岸区"})


class SimilarSchema(StrictSchema):
    """A public ticket: exactly what an operator released of it."""

    number = fields.String(required=True)
    category = fields.String(required=True)
    state = fields.String(required=True)
    text = fields.String(required=True)
    place = fields.String(required=True, allow_none=True)
    requested_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    percent = fields.Integer(required=True)
