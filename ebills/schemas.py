"""The shapes of the e-bills' JSON."""

from marshmallow import fields, validate

from ebills.rules import MOST_AMOUNT_MINOR, State
from services.web.pagination import PageQuerySchema, page_schema
from services.web.schemas import Line, StrictSchema


class BillQuerySchema(PageQuerySchema):
    """The query of the list of bills."""

    state = fields.Enum(State, by_value=True, load_default=None)


class BillSchema(StrictSchema):
    """A bill. Amounts are integer fen."""

    id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    biller = fields.String(required=True)
    number = fields.String(required=True)
    period_from = fields.Date(required=True)
    period_to = fields.Date(required=True)
    issued_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    usage = fields.Integer(required=True)
    unit = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    state = fields.String(required=True)
    paid_on = fields.Date(allow_none=True)
    account = fields.String(required=True)
    address = fields.String(required=True)


BillPageSchema = page_schema(BillSchema)


class BillLineSchema(StrictSchema):
    """One line of a bill."""

    title = fields.String(required=True)
    amount_minor = fields.Integer(required=True)


class BillDetailSchema(BillSchema):
    """A bill with its lines."""

    lines = fields.List(fields.Nested(BillLineSchema), required=True)


class AccountSchema(StrictSchema):
    """A service account."""

    id = fields.UUID(required=True)
    biller = fields.String(required=True)
    number = fields.String(required=True)
    address = fields.String(required=True)
    linked_at = fields.AwareDateTime(allow_none=True)


class AccountLinkSchema(StrictSchema):
    """An account to link, proven by the amount of its newest bill."""

    biller = Line(required=True, most=20, metadata={"example": "SEPC"})
    number = Line(required=True, most=40, metadata={"example": "3101000123"})
    amount_minor = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, MOST_AMOUNT_MINOR),
        metadata={"example": 18644},
    )


class ImportSchema(StrictSchema):
    """What an import did."""

    id = fields.UUID(required=True)
    biller = fields.String(required=True)
    bill_count = fields.Integer(required=True)
    new_count = fields.Integer(required=True)
    paid_count = fields.Integer(required=True)
    total_minor = fields.Integer(required=True)
    imported_at = fields.AwareDateTime(required=True)


class BillerSchema(StrictSchema):
    """A biller."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    utility = fields.String(required=True)
