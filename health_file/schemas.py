"""The shapes of the health file's JSON."""

from datetime import UTC, datetime

from marshmallow import fields, validate

from health_file.access.openings import Reason
from health_file.actions.erasing.states import ErasureState
from health_file.fhir.consent import block_of
from health_file.fhir.emergency import VERDICTS
from health_file.rules import HELD_TYPES
from services.web.exports import export_schema
from services.web.pagination import PageQuerySchema, page_schema
from services.web.schemas import StrictSchema

CONSENT_EXAMPLE = block_of(
    "019abf00-0000-7000-8000-0000000000aa", datetime(2026, 11, 26, 4, tzinfo=UTC), unit="CL-BJ"
)


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


class ReaderSchema(StrictSchema):
    """Who read: the person, the organisation, the application. `person` and `unit` are what a block names."""

    kind = fields.String(
        required=True, validate=validate.OneOf(["self", "other", "staff", "client", "system", "nobody"])
    )
    name = fields.String(required=True)
    person = fields.UUID(allow_none=True)
    unit = fields.String(allow_none=True)
    organisation = fields.String(required=True)
    client = fields.String(allow_none=True)
    application = fields.String(required=True)


class ReadingSchema(StrictSchema):
    """One disclosure; `consent` is its ground: own, guardian, treating, card, author, break-glass, consent:<id>."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    event = fields.String(required=True)
    reader = fields.Nested(ReaderSchema, required=True)
    purpose = fields.String(allow_none=True)
    consent = fields.String(required=True)
    resources = fields.List(fields.String(), required=True)
    count = fields.Integer(allow_none=True)


class ProvisionSchema(StrictSchema):
    """One rule of a Consent; an empty list is about any. `within` is the rule that it is an exception of."""

    number = fields.Integer(required=True)
    within = fields.Integer(allow_none=True)
    is_denial = fields.Boolean(required=True)
    units = fields.List(fields.String(), required=True)
    persons = fields.List(fields.UUID(), required=True)
    purposes = fields.List(fields.String(), required=True)
    types = fields.List(fields.String(), required=True)
    labels = fields.List(fields.String(), required=True)
    starts_at = fields.AwareDateTime(allow_none=True)
    ends_at = fields.AwareDateTime(allow_none=True)
    data_from = fields.Date(allow_none=True)
    data_until = fields.Date(allow_none=True)


class ConsentSchema(StrictSchema):
    """A decision of the resident's: where it stands, what it says, and the names of whom it names."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    changed_at = fields.AwareDateTime(required=True)
    is_block = fields.Boolean(required=True)
    provisions = fields.List(fields.Nested(ProvisionSchema), required=True)
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ConsentListSchema(StrictSchema):
    """Decisions, newest first."""

    items = fields.List(fields.Nested(ConsentSchema), required=True)


class ConsentRequestSchema(StrictSchema):
    """A FHIR R4 Consent to give."""

    resource = fields.Dict(keys=fields.String(), required=True, metadata={"example": CONSENT_EXAMPLE})


class BlockRequestSchema(StrictSchema):
    """Whom to shut out: a unit by its code, or a person by the id that the access log names; exactly one."""

    unit = fields.String(load_default=None, validate=validate.Length(1, 60), metadata={"example": "CL-BJ"})
    person = fields.UUID(load_default=None)


ReadingPageSchema = page_schema(ReadingSchema)


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


class HealthArchiveSchema(StrictSchema):
    """An archive that is being made, or is ready to be taken until it expires."""

    id = fields.UUID(required=True, metadata={"example": "019abf00-0000-7000-8000-0000000000a1"})
    state = fields.String(
        required=True, validate=validate.OneOf(("accepted", "running", "complete", "failed")),
        metadata={"example": "running"},
    )  # fmt: skip
    done = fields.Integer(required=True, metadata={"example": 240, "description": "Versions gathered so far"})
    created_at = fields.AwareDateTime(required=True, metadata={"example": "2026-11-26T09:00:00+00:00"})
    expires_at = fields.AwareDateTime(required=True, metadata={"example": "2026-11-27T09:00:00+00:00"})


class NewHealthLinkSchema(StrictSchema):
    """What a link shall be: until when, behind which passcode, how often."""

    expires_at = fields.AwareDateTime(required=True, metadata={"example": "2026-12-03T09:00:00+00:00"})
    passcode = fields.String(
        load_default="", validate=validate.Length(max=64), metadata={"example": "7431-kite"}
    )
    label = fields.String(load_default="", validate=validate.Length(max=80), metadata={"example": "出国看病"})
    uses = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 1000))
    is_direct = fields.Boolean(load_default=False, metadata={"description": "Flag U: one file, no passcode"})


class HealthLinkAccessSchema(StrictSchema):
    """Who opened a link, as they said themselves."""

    at = fields.AwareDateTime(required=True)
    recipient = fields.String(required=True)
    is_shown = fields.Boolean(required=True)


class HealthLinkSchema(StrictSchema):
    """A link; `link` is null when it no longer opens."""

    id = fields.UUID(required=True, metadata={"example": "019abf00-0000-7000-8000-0000000000b1"})
    state = fields.String(
        required=True, validate=validate.OneOf(("active", "used_up", "revoked", "expired")),
        metadata={"example": "active"},
    )  # fmt: skip
    label = fields.String(required=True)
    link = fields.String(
        required=True, allow_none=True, metadata={"example": "shlink:/eyJ1cmwiOiJodHRwczov..."}
    )
    has_passcode = fields.Boolean(required=True)
    attempts_left = fields.Integer(required=True)
    uses_left = fields.Integer(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    accesses = fields.List(fields.Nested(HealthLinkAccessSchema), required=True)


class HealthLinksSchema(StrictSchema):
    """The links of a file."""

    items = fields.List(fields.Nested(HealthLinkSchema), required=True)


class ErasureSchema(StrictSchema):
    """A wish that the file be erased: until `due_at` it can be withdrawn."""

    id = fields.UUID(required=True, metadata={"example": "019abf00-0000-7000-8000-0000000000c1"})
    state = fields.String(
        required=True,
        validate=validate.OneOf([one.value for one in ErasureState]),
        metadata={"example": "cooling"},
    )
    rules = fields.String(required=True, metadata={"description": "Version of the retention rules"})
    asked_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    has_receipt = fields.Boolean(required=True)


class ErasuresSchema(StrictSchema):
    """The wishes about a file."""

    items = fields.List(fields.Nested(ErasureSchema), required=True)


class EmergencySchema(StrictSchema):
    """A file that was opened in an emergency: by whom, where, why, in whose words, until when."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    reader = fields.String(required=True)
    person = fields.UUID(required=True)
    unit = fields.String(required=True)
    organisation = fields.String(required=True)
    reason = fields.String(required=True)
    words = fields.String(required=True)
    is_confirmed = fields.Boolean(required=True)
    opened_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    verdict = fields.String(allow_none=True)


class EmergencyListSchema(StrictSchema):
    """What waits for a review."""

    items = fields.List(fields.Nested(EmergencySchema), required=True)


class OpeningSchema(StrictSchema):
    """An unusual beginning of a treating relation: who began it, for which unit, and why it is looked at."""

    id = fields.UUID(required=True)
    reader = fields.String(required=True)
    person = fields.UUID(required=True, allow_none=True)
    unit = fields.String(required=True)
    organisation = fields.String(required=True)
    kind = fields.String(required=True)
    reasons = fields.List(
        fields.String(validate=validate.OneOf([one.value for one in Reason])), required=True
    )
    opened_at = fields.AwareDateTime(required=True)


class OpeningListSchema(StrictSchema):
    """What waits for a review."""

    items = fields.List(fields.Nested(OpeningSchema), required=True)


class TreatingUnitSchema(StrictSchema):
    """A unit that may read because it treats the resident: since when, until when, and who began it."""

    unit = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    opened_by = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class TreatingUnitsSchema(StrictSchema):
    """All of them."""

    items = fields.List(fields.Nested(TreatingUnitSchema), required=True)


class ReviewSchema(StrictSchema):
    """What a review comes to."""

    verdict = fields.String(
        required=True, validate=validate.OneOf(VERDICTS), metadata={"example": "justified"}
    )
