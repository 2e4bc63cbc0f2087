"""A report as a program sends it, and what it gets at once."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from hotline.rules import CATEGORIES
from hotline.rules.coordinates import CoordinateSystem, Point, point_of
from hotline.rules.report import Contact
from services.web.schemas import Line, StrictSchema


class AnswerField(fields.Field[Any]):
    """The answer to one question: a text, or a list of texts where several may be chosen."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | list[str]:
        del attr, data, kwargs
        values = value if isinstance(value, list) else [value]
        if len(values) > 50 or not all(isinstance(one, str) and len(one) <= 4000 for one in values):
            raise ValidationError("a text, or a list of texts")
        return value  # type: ignore[no-any-return]


class ContactSchema(StrictSchema):
    """How the reporter may be reached."""

    name = Line(load_default="", least=0, most=200)
    phone = Line(load_default="", least=0, most=200)
    email = Line(load_default="", least=0, most=200)

    @post_load
    def _make(self, data: dict[str, str], **_: Any) -> Contact:
        return Contact(**data)


class PointSchema(StrictSchema):
    """A place on the map, as it was measured."""

    latitude = fields.Float(required=True, allow_nan=False)
    longitude = fields.Float(required=True, allow_nan=False)
    coordinate_system = fields.Enum(CoordinateSystem, by_value=True, load_default=CoordinateSystem.WGS_84)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Point:
        return point_of(data["latitude"], data["longitude"], data["coordinate_system"])


class TicketCreateSchema(StrictSchema):
    """A new ticket."""

    category = fields.String(
        required=True, validate=validate.OneOf(list(CATEGORIES)), metadata={"example": "street_light"}
    )
    text = fields.String(
        required=True,
        validate=validate.Length(1, 20_000),
        metadata={"example": "和平路 12 号楼道灯坏了三天"},
    )
    district = Line(required=True, most=40, metadata={"example": "东岸区"})
    place = Line(load_default="", least=0, most=500, metadata={"example": "3 号楼门口"})
    attributes = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 64)),
        values=AnswerField(),
        load_default=dict,
        metadata={"example": {"POLE_NUMBER": "HP-0127", "FAULT": "dark"}},
    )
    contact = fields.Nested(ContactSchema, load_default=None, allow_none=True)
    point = fields.Nested(PointSchema, load_default=None, allow_none=True)
    is_confidential = fields.Boolean(load_default=False)
    is_anonymous = fields.Boolean(load_default=False)
    # The number of a public ticket about the same matter.
    alike = Line(load_default="", least=0, most=20, metadata={"example": ""})
    # The call on which an operator files it.
    call_id = fields.UUID(load_default=None, allow_none=True)


class TicketFiledSchema(StrictSchema):
    """What the reporter gets at once."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    tracking_code = fields.String(required=True)
    state = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
