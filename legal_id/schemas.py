"""The shapes of the legal persons' JSON."""

from marshmallow import fields, validate

from legal_id.rules import Event
from services.web.exports import export_schema
from services.web.pagination import page_schema
from services.web.schemas import Line, StrictSchema


class LegalPersonCreateSchema(StrictSchema):
    """A legal person to register."""

    uscc = fields.String(
        required=True, validate=validate.Length(1, 40), metadata={"example": "91310000MA1FL8TQ32"}
    )
    name = Line(required=True, metadata={"example": "东岸恒通物业有限公司"})
    name_en = Line(required=True, metadata={"example": "Dong'an Hengtong Property Co., Ltd."})
    address = Line(required=True, metadata={"example": "东岸区和平路 12 号"})
    contact = Line(required=True, most=40, metadata={"example": "021-00000000"})


class LegalPersonSchema(StrictSchema):
    """The public part of a legal person."""

    id = fields.UUID(required=True)
    uscc = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    address = fields.String(required=True)
    status = fields.String(required=True)
    version = fields.Integer(required=True)
    registered_at = fields.AwareDateTime(required=True)
    role = fields.String(allow_none=True)
    events = fields.List(fields.String(), required=True)


LegalPersonPageSchema = page_schema(LegalPersonSchema)
LegalPersonExportSchema = export_schema(LegalPersonSchema)


class LegalPersonEventSchema(StrictSchema):
    """One arrow of the register's state table."""

    event = fields.Enum(Event, by_value=True, required=True, metadata={"example": "confirm"})
