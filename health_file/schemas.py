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


class LaunchRequestSchema(StrictSchema):
    """Which application to open, and on whose file: the id of a Patient."""

    client_id = fields.String(
        required=True, validate=validate.Length(1, 200), metadata={"example": "c-Zk3vQmW0aVwG8rJ1x2Hn"}
    )
    patient = fields.UUID(required=True, metadata={"example": "01a219c4-8a5e-7000-8000-000000000001"})


class LaunchSchema(StrictSchema):
    """SMART App Launch 2.2, section 2.0.5: where to send the browser within this many seconds."""

    url = fields.Url(required=True, require_tld=False)
    launch = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"example": 300})


class ApplicationSchema(StrictSchema):
    """An application that can be opened on a patient."""

    client_id = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)


class ApplicationListSchema(StrictSchema):
    """All of them."""

    items = fields.List(fields.Nested(ApplicationSchema), required=True)


class ArchiveSchema(StrictSchema):
    """An archive that is being made, or is ready to be taken until it expires."""

    id = fields.UUID(required=True, metadata={"example": "019abf00-0000-7000-8000-0000000000a1"})
    state = fields.String(
        required=True, validate=validate.OneOf(("accepted", "running", "complete", "failed")),
        metadata={"example": "running"},
    )  # fmt: skip
    done = fields.Integer(required=True, metadata={"example": 240, "description": "Versions gathered so far"})
    created_at = fields.AwareDateTime(required=True, metadata={"example": "2026-11-26T09:00:00+00:00"})
    expires_at = fields.AwareDateTime(required=True, metadata={"example": "2026-11-27T09:00:00+00:00"})
