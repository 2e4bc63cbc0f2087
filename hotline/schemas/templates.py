"""Answer templates."""

from marshmallow import fields, validate

from hotline.rules import CATEGORIES
from hotline.rules.templates import LANGUAGES, Place, Purpose
from services.web.schemas import Line, StrictSchema

EXAMPLE = "您的诉求 {number} 由{unit}承办，{due_on}前答复您。"
EXAMPLE_EN = "{unit} has your report {number} and will answer by {due_on}."


class TemplateQuerySchema(StrictSchema):
    """Which templates are wanted."""

    purpose = fields.Enum(Purpose, by_value=True, load_default=None, allow_none=True)
    category = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(CATEGORIES)))
    with_retired = fields.Boolean(load_default=False)


class TemplateWriteSchema(StrictSchema):
    """The next version of a template; `seen` is the version that the writer has read, 0 for a new one."""

    seen = fields.Integer(required=True, strict=True, validate=validate.Range(0), metadata={"example": 0})
    purpose = fields.Enum(Purpose, by_value=True, required=True, metadata={"example": "inform"})
    category = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(CATEGORIES)))
    title = Line(required=True, most=60, metadata={"example": "告知承办单位和时限"})
    title_en = Line(required=True, most=120, metadata={"example": "Who has it and by when"})
    text = fields.String(required=True, validate=validate.Length(1, 2000), metadata={"example": EXAMPLE})
    text_en = fields.String(
        required=True, validate=validate.Length(1, 3000), metadata={"example": EXAMPLE_EN}
    )
    is_retired = fields.Boolean(load_default=False)


class TemplateSchema(StrictSchema):
    """One version of a template."""

    code = fields.String(required=True)
    version = fields.Integer(required=True)
    purpose = fields.String(required=True)
    category = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    title_en = fields.String(required=True)
    text = fields.String(required=True)
    text_en = fields.String(required=True)
    is_retired = fields.Boolean(required=True)
    written_at = fields.AwareDateTime(required=True)


class TemplateFillQuerySchema(StrictSchema):
    """In which language a template is filled."""

    language = fields.String(load_default=LANGUAGES[0], validate=validate.OneOf(LANGUAGES))


class FilledSchema(StrictSchema):
    """A template filled for a ticket; `missing` names the places for which the ticket has nothing."""

    text = fields.String(required=True)
    missing = fields.List(fields.Enum(Place, by_value=True), required=True)
