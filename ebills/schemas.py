"""The shapes of the e-bills' JSON."""

from marshmallow import fields, validate

from ebills.rules.bills import MOST_AMOUNT_MINOR, State, Utility
from services.web.exports import export_schema
from services.web.pagination import PageQuerySchema, page_schema
from services.web.schemas import Line, StrictSchema

STATES = validate.OneOf([state.value for state in State])


class BillQuerySchema(PageQuerySchema):
    """The query of the list of bills."""

    state = fields.Enum(State, by_value=True, load_default=None)


class BillSchema(StrictSchema):
    """A bill. Amounts are integer fen; dates are Shanghai's."""

    id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    biller = fields.String(required=True, metadata={"example": "SEPC"})
    number = fields.String(required=True, metadata={"example": "202610-00042"})
    period_from = fields.Date(required=True, metadata={"example": "2026-10-01"})
    period_to = fields.Date(required=True, metadata={"example": "2026-10-31"})
    issued_on = fields.Date(required=True, metadata={"example": "2026-11-05"})
    due_on = fields.Date(required=True, metadata={"example": "2026-11-28"})
    usage = fields.Integer(required=True, metadata={"example": 382})
    unit = fields.String(required=True, metadata={"example": "kWh"})
    amount_minor = fields.Integer(required=True, metadata={"example": 18644})
    currency = fields.String(required=True, metadata={"example": "CNY"})
    state = fields.String(required=True, validate=STATES, metadata={"example": "issued"})
    paid_minor = fields.Integer(required=True, metadata={"example": 0})
    paid_on = fields.Date(required=True, allow_none=True, metadata={"example": None})
    account_number = fields.String(required=True, metadata={"example": "3101000123"})
    service_address = fields.String(required=True)


BillPageSchema = page_schema(BillSchema)
BillExportSchema = export_schema(BillSchema)


class BillLineSchema(StrictSchema):
    """One line of a bill; a discount is negative."""

    title = fields.String(required=True, metadata={"example": "基本用量"})
    amount_minor = fields.Integer(required=True, metadata={"example": 18644})


class BillDetailSchema(BillSchema):
    """A bill with its lines, which sum to its amount."""

    lines = fields.List(fields.Nested(BillLineSchema), required=True)


class AccountSchema(StrictSchema):
    """A service account."""

    id = fields.UUID(required=True)
    biller = fields.String(required=True, metadata={"example": "SEPC"})
    account_number = fields.String(required=True, metadata={"example": "3101000123"})
    service_address = fields.String(required=True)
    claimed_at = fields.AwareDateTime(required=True, allow_none=True)


class AccountClaimSchema(StrictSchema):
    """An account to claim, proven by the amount of its newest bill."""

    biller = Line(required=True, most=20, metadata={"example": "SEPC"})
    account_number = Line(required=True, most=40, metadata={"example": "3101000123"})
    amount_minor = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, MOST_AMOUNT_MINOR),
        metadata={"example": 18644},
    )


class ImportSchema(StrictSchema):
    """What an import did. `is_repeat`: this very file was imported before, and nothing was done again."""

    id = fields.UUID(required=True)
    biller = fields.String(required=True, metadata={"example": "SEPC"})
    bill_count = fields.Integer(required=True, metadata={"example": 2})
    new_count = fields.Integer(required=True, metadata={"example": 2})
    paid_count = fields.Integer(required=True, metadata={"example": 0})
    total_minor = fields.Integer(required=True, metadata={"example": 31250})
    imported_at = fields.AwareDateTime(required=True)
    is_repeat = fields.Boolean(required=True, metadata={"example": False})


ImportPageSchema = page_schema(ImportSchema)


class BillerSchema(StrictSchema):
    """A biller."""

    code = fields.String(required=True, metadata={"example": "SEPC"})
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    utility = fields.String(required=True, validate=validate.OneOf([utility.value for utility in Utility]))
