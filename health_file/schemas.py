"""The shapes of the health file's JSON."""

from marshmallow import fields, validate

from health_file.rules import HELD_TYPES
from services.web.exports import export_schema
from services.web.pagination import PageQuerySchema, page_schema
from services.web.schemas import StrictSchema


class ResourceQuerySchema(PageQuerySchema):
    """The query of the list of resources."""

    type = fields.String(load_default=None, validate=validate.OneOf(sorted(HELD_TYPES)))


class HealthResourceSchema(StrictSchema):
    """A resource of the file; `resource` is FHIR R4."""

    id = fields.UUID(required=True)
    type = fields.String(required=True)
    version = fields.Integer(required=True)
    author = fields.String(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    resource = fields.Dict(required=True)


HealthResourcePageSchema = page_schema(HealthResourceSchema)
HealthResourceExportSchema = export_schema(HealthResourceSchema)
