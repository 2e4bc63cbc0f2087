"""Searches, their facets, and those that are kept."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from hotline.rules import CATEGORIES, State
from hotline.rules.search import Filters
from services.web.schemas import Line, StrictSchema


class FacetQuerySchema(StrictSchema):
    """What is looked for, and where; each filter that is left out lets everything through."""

    words = fields.String(
        load_default="", validate=validate.Length(0, 600), metadata={"example": "路灯 不亮"}
    )
    state = fields.List(fields.Enum(State, by_value=True), load_default=list)
    category = fields.List(fields.String(validate=validate.OneOf(list(CATEGORIES))), load_default=list)
    district = fields.List(Line(most=40), load_default=list, validate=validate.Length(0, 50))
    unit = fields.List(Line(most=40), load_default=list, validate=validate.Length(0, 50))
    channel = fields.List(Line(most=40), load_default=list, validate=validate.Length(0, 50))
    filed_from = fields.AwareDateTime(load_default=None, allow_none=True)
    filed_before = fields.AwareDateTime(load_default=None, allow_none=True)


class SearchSchema(FacetQuerySchema):
    """A page of a search."""

    limit = fields.Integer(load_default=25, strict=True, validate=validate.Range(1, 100))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 1000))


class FacetsSchema(StrictSchema):
    """How a search divides; `is_cut` when only its newest tickets were counted."""

    total = fields.Integer(required=True)
    is_cut = fields.Boolean(required=True)
    counts = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.Integer()), required=True
    )


class SavedViewCreateSchema(FacetQuerySchema):
    """A search to keep."""

    title = Line(required=True, most=60, metadata={"example": "东岸区路灯"})


class SavedViewSchema(StrictSchema):
    """A search that somebody keeps; `filters` are those of a search."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    words = fields.String(required=True)
    filters = fields.Dict(required=True)
    created_at = fields.AwareDateTime(required=True)


FILTER_NAMES = ("state", "category", "district", "unit", "channel", "filed_from", "filed_before")


def filters_of(body: Mapping[str, Any]) -> Filters:
    """The filters of a search that was sent."""
    listed = {name: tuple(getattr(one, "value", one) for one in body[name]) for name in FILTER_NAMES[:5]}
    return Filters(**listed, filed_from=body["filed_from"], filed_before=body["filed_before"])
