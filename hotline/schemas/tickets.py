"""Tickets, their histories and clocks."""

from marshmallow import fields, validate

from hotline.rules.policies import ClockKind
from hotline.rules.urgency import Urgency
from services.web.exports import export_schema
from services.web.pagination import PageQuerySchema, page_schema
from services.web.schemas import StrictSchema


class TicketSchema(StrictSchema):
    """A ticket as its reader may see it."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    district = fields.String(required=True)
    channel = fields.String(required=True)
    state = fields.String(required=True)
    unit = fields.String(required=True)
    urgency = fields.String(required=True, validate=validate.OneOf(list(Urgency)))
    text = fields.String(required=True)
    place = fields.String(required=True)
    version = fields.Integer(required=True)
    claimed_until = fields.AwareDateTime(allow_none=True)
    fence = fields.Integer(required=True)
    is_supervised = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)
    actions = fields.List(fields.String(), required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    is_due_provisional = fields.Boolean(required=True)
    level = fields.Integer(required=True)
    is_confidential = fields.Boolean(required=True)
    is_anonymous = fields.Boolean(required=True)
    attributes = fields.Dict(required=True)
    contact = fields.Dict(required=True, allow_none=True)
    point = fields.Dict(required=True, allow_none=True)
    public_text = fields.String(required=True, allow_none=True)
    same_as = fields.UUID(required=True, allow_none=True)


TicketPageSchema = page_schema(TicketSchema)


TicketExportSchema = export_schema(TicketSchema)


class TicketEventSchema(StrictSchema):
    """One step of a ticket's history."""

    sequence = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    to_state = fields.String(required=True)
    note = fields.String(allow_none=True)


class ClockSchema(StrictSchema):
    """One of a ticket's clocks; `due_at` is null while it is paused."""

    kind = fields.Enum(ClockKind, by_value=True, required=True)
    run = fields.Integer(required=True)
    started_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    is_provisional = fields.Boolean(required=True)
    # Whether its levels are told out of duty hours too.
    is_day_and_night = fields.Boolean(required=True)
    # The last level of the escalation ladder that it reached, in per cent of its time; 0 for none.
    level = fields.Integer(required=True)
    stopped_at = fields.AwareDateTime(required=True, allow_none=True)


class TicketDetailSchema(TicketSchema):
    """A ticket with its history; `policy` is the version of the rules of time under which it was filed."""

    policy = fields.Integer(required=True)
    events = fields.List(fields.Nested(TicketEventSchema), required=True)
    clocks = fields.List(fields.Nested(ClockSchema), required=True)


class TicketListQuerySchema(PageQuerySchema):
    """The query of the list of tickets."""

    only_open = fields.Boolean(load_default=False)
