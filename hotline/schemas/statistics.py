"""Counts, rates and open data."""

from marshmallow import fields, validate

from hotline.rules.statistics import DIMENSIONS
from services.web.schemas import StrictSchema


class StretchSchema(StrictSchema):
    """Days, the first and the last included; the last 90 where none are named."""

    first = fields.Date(load_default=None, allow_none=True, metadata={"example": "2026-09-01"})
    last = fields.Date(load_default=None, allow_none=True, metadata={"example": "2026-11-26"})


class OpenDataQuerySchema(StretchSchema):
    """A page of the open data."""

    page = fields.Integer(load_default=1, strict=False, validate=validate.Range(1, 10_000))


class StatisticsQuerySchema(StretchSchema):
    """What is compared."""

    by = fields.String(load_default="month", validate=validate.OneOf(list(DIMENSIONS)))


class ShareSchema(StrictSchema):
    """A rate: `part` of `whole`; `per_mille` is null of nothing."""

    code = fields.String(required=True)
    part = fields.Integer(required=True)
    whole = fields.Integer(required=True)
    per_mille = fields.Integer(required=True, allow_none=True)


class CountsSchema(StrictSchema):
    """Counts of one value, and their rates."""

    value = fields.String(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    rates = fields.List(fields.Nested(ShareSchema), required=True)


class StatisticsSchema(StrictSchema):
    """Counts of a stretch of days."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    total = fields.Nested(CountsSchema, required=True)
    rows = fields.List(fields.Nested(CountsSchema), required=True)


class HeatCellSchema(StrictSchema):
    """One district in one hour: due, late, and a step from 0 (nothing was due) to 5."""

    district = fields.String(required=True)
    hour = fields.Integer(required=True)
    due = fields.Integer(required=True)
    late = fields.Integer(required=True)
    step = fields.Integer(required=True)
