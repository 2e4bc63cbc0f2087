"""Consents that an operator may hear how a resident stands elsewhere, and what they hear."""

from marshmallow import fields, validate

from hotline.rules.context import CODE_DIGITS, STANDING_DAYS
from services.web.schemas import StrictSchema


def named_services() -> fields.List[str]:
    """Names of services, at least one."""
    one = fields.String(validate=validate.Length(1, 40))
    return fields.List(one, required=True, validate=validate.Length(1, 10), metadata={"example": ["ebills"]})


class ContextGrantCreateSchema(StrictSchema):
    """A consent: for one ticket for 30 days, or for every ticket for `days`."""

    services = named_services()
    ticket_id = fields.UUID(load_default=None, allow_none=True)
    days = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.OneOf(STANDING_DAYS)
    )


class ContextGrantSchema(StrictSchema):
    """A consent as it stands."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    ticket_id = fields.UUID(required=True, allow_none=True)
    services = fields.List(fields.String(), required=True)
    granted_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    is_live = fields.Boolean(required=True)


class ContextCodeCreateSchema(StrictSchema):
    """For which services a code is to be read out."""

    services = named_services()


class ContextCodeSchema(StrictSchema):
    """Digits to be read out to the operator on the line."""

    code = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class ContextRedeemSchema(StrictSchema):
    """What the resident on the line read out."""

    code = fields.String(
        required=True, validate=validate.Length(CODE_DIGITS, CODE_DIGITS), metadata={"example": "12345678"}
    )


class ContextLookSchema(StrictSchema):
    """Who looked, and which of its fixed sentences each service said."""

    at = fields.AwareDateTime(required=True)
    seat = fields.String(required=True)
    ticket_id = fields.UUID(required=True, allow_none=True)
    told = fields.Dict(required=True)


class ContextSaidSchema(StrictSchema):
    """One service's fixed sentences about the resident, as codes and in the reader's language."""

    service = fields.String(required=True)
    codes = fields.List(fields.String(), required=True)
    sentences = fields.List(fields.String(), required=True)
