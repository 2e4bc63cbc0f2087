"""Pictures."""

from marshmallow import fields, validate

from services.web.schemas import StrictSchema


class AttachmentSchema(StrictSchema):
    """A picture without its pixels."""

    id = fields.UUID(required=True)
    media_type = fields.String(required=True)
    bytes = fields.Integer(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)


class AttachmentListSchema(StrictSchema):
    """The pictures of a ticket, oldest first."""

    items = fields.List(fields.Nested(AttachmentSchema), required=True)


class AttachmentQuerySchema(StrictSchema):
    """Which of a picture's sizes."""

    part = fields.String(load_default="picture", validate=validate.OneOf(["picture", "thumbnail"]))
