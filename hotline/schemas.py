"""The shapes of the hotline's JSON."""

from marshmallow import fields, validate

from hotline.rules import CATEGORIES, Action
from services.web.exports import export_schema
from services.web.pagination import PageQuerySchema, page_schema
from services.web.schemas import Line, StrictSchema


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


class TicketFiledSchema(StrictSchema):
    """What the reporter gets at once."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    tracking_code = fields.String(required=True)
    state = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class TicketSchema(StrictSchema):
    """A ticket as its reader may see it."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    district = fields.String(required=True)
    channel = fields.String(required=True)
    state = fields.String(required=True)
    unit = fields.String(required=True)
    text = fields.String(required=True)
    place = fields.String(required=True)
    version = fields.Integer(required=True)
    claimed_until = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)
    actions = fields.List(fields.String(), required=True)


TicketPageSchema = page_schema(TicketSchema)
TicketExportSchema = export_schema(TicketSchema)


class TicketEventSchema(StrictSchema):
    """One step of a ticket's history."""

    sequence = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    to_state = fields.String(required=True)
    note = fields.String(allow_none=True)


class TicketDetailSchema(TicketSchema):
    """A ticket with its history."""

    events = fields.List(fields.Nested(TicketEventSchema), required=True)


class TicketListQuerySchema(PageQuerySchema):
    """The query of the list of tickets."""

    only_open = fields.Boolean(load_default=False)


class TicketActionSchema(StrictSchema):
    """One arrow of the state table."""

    action = fields.Enum(Action, by_value=True, required=True, metadata={"example": "dispatch"})
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 4000))
    unit = Line(load_default=None, allow_none=True, most=40)


class CategorySchema(StrictSchema):
    """A kind of ticket."""

    code = fields.String(required=True)
    title = fields.String(required=True)
