"""The knowledge base."""

from marshmallow import fields, validate

from hotline.rules import CATEGORIES
from services.web.schemas import Line, StrictSchema


class ArticleQuerySchema(StrictSchema):
    """What is looked for in the knowledge base."""

    words = Line(load_default="", least=0, most=200, metadata={"example": "路灯"})
    category = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(CATEGORIES)))


class ArticleWriteSchema(StrictSchema):
    """The next version of an article; `seen` is the version that the writer has read, 0 for a new one."""

    seen = fields.Integer(required=True, strict=True, validate=validate.Range(0), metadata={"example": 1})
    title = Line(required=True, most=120, metadata={"example": "路灯不亮由谁修"})
    text = fields.String(
        required=True, validate=validate.Length(1, 20_000), metadata={"example": "由养护单位修"}
    )
    category = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(CATEGORIES)))
    valid_until = fields.Date(load_default=None, allow_none=True)


class ArticleSchema(StrictSchema):
    """One version of an article."""

    code = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    category = fields.String(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)
    written_at = fields.AwareDateTime(required=True)
