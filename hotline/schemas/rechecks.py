"""Bad marks."""

from marshmallow import fields

from services.web.schemas import StrictSchema


class RecheckSchema(StrictSchema):
    """A ticket that was marked badly, and by when it is to be looked into."""

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    district = fields.String(required=True)
    unit = fields.String(required=True)
    state = fields.String(required=True)
    score = fields.Integer(required=True)
    rated_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
