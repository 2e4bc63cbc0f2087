"""The base of every shape that comes in or goes out."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate


class StrictSchema(Schema):
    """Unknown fields are refused, everywhere."""

    class Meta:
        """Marshmallow's options."""

        unknown = RAISE


class Line(fields.String):
    """One line of text: trimmed, no control characters, bounded."""

    def __init__(self, *, most: int = 200, least: int = 1, **options: Any) -> None:
        super().__init__(validate=validate.Length(min=least, max=most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        text = text.strip()
        if any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in text):
            raise ValidationError("no line breaks or control characters")
        return text
