"""Internal notes."""

from marshmallow import fields, validate

from services.web.schemas import StrictSchema


class InternalNoteWriteSchema(StrictSchema):
    """A note for colleagues; no reporter ever sees it."""

    text = fields.String(
        required=True, validate=validate.Length(1, 4000), metadata={"example": "已和市政所电话确认"}
    )


class InternalNoteSchema(StrictSchema):
    """A note, and who of which unit wrote it."""

    id = fields.UUID(required=True)
    unit = fields.String(required=True)
    seat = fields.String(required=True)
    text = fields.String(required=True)
    written_at = fields.AwareDateTime(required=True)
