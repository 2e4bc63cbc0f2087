"""What the telephone system and the mail server send."""

from marshmallow import fields, validate

from hotline.rules.calls import CallEvent
from services.web.schemas import Line, StrictSchema


class RecordingSchema(StrictSchema):
    """Where a call's recording lies; nobody fetches it from here."""

    reference = Line(required=True, most=500, metadata={"example": "rec/2026/11/26/0007.opus"})
    seconds = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 86_400)
    )
    sha256 = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))


class CallDataSchema(StrictSchema):
    """A call as the telephone system knows it."""

    call_id = Line(required=True, most=200, metadata={"example": "c-20261126-0007"})
    caller = Line(load_default="", least=0, most=40, metadata={"example": "13800000000"})
    seat = Line(load_default=None, allow_none=True, most=40)
    recording = fields.Nested(RecordingSchema, load_default=None, allow_none=True)


class CallEventSchema(StrictSchema):
    """What happened to a call. The time is told and not asked: clocks are ours."""

    type = fields.Enum(CallEvent, by_value=True, required=True, metadata={"example": "call.started"})
    timestamp = fields.AwareDateTime(required=True)
    data = fields.Nested(CallDataSchema, required=True)


class TakenSchema(StrictSchema):
    """Whether the message had been taken before."""

    is_repeat = fields.Boolean(required=True)


class ReceivedSchema(StrictSchema):
    """What became of a letter."""

    outcome = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    tracking_code = fields.String(required=True, allow_none=True)
