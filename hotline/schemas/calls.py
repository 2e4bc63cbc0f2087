"""Calls as operators see them."""

from marshmallow import fields

from services.web.schemas import Line, StrictSchema


class CallListQuerySchema(StrictSchema):
    """The query of the list of calls."""

    seat = Line(load_default=None, allow_none=True, most=40)


class CallSchema(StrictSchema):
    """A call in a list; the caller's number is shown in part."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    caller = fields.String(required=True)
    seat = fields.String(required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    ticket_id = fields.UUID(required=True, allow_none=True)


class CallListSchema(StrictSchema):
    """Calls that ring or are spoken, newest first."""

    items = fields.List(fields.Nested(CallSchema), required=True)


class CallerTicketSchema(StrictSchema):
    """One of a caller's tickets, without what was said in it."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    state = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class MissedSchema(StrictSchema):
    """Somebody to call back; the number is shown in part."""

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    caller = fields.String(required=True)
    times = fields.Integer(required=True)
    last_at = fields.AwareDateTime(required=True)


class SeatSchema(StrictSchema):
    """A seat of the telephone system; empty for none."""

    seat = Line(required=True, least=0, most=40, metadata={"example": "A7"})


class RingingSchema(StrictSchema):
    """The call at one's own seat, if there is one."""

    call_id = fields.UUID(required=True, allow_none=True)
    state = fields.String(required=True, allow_none=True)


class CallDetailSchema(CallSchema):
    """A call with who calls."""

    recording = fields.Dict(required=True, allow_none=True)
    tickets = fields.List(fields.Nested(CallerTicketSchema), required=True)
