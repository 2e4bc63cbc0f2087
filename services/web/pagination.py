"""Lists come in pages; a cursor is sealed and works only for whom and for what it was given."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from services.actor import Actor
from services.database.session import Session
from services.errors import CitizenError
from services.web.schemas import StrictSchema
from services.words import msgid

DEFAULT_LIMIT = 25
MOST_LIMIT = 100
PURPOSE = "cursor"


class CursorInvalid(CitizenError):
    """A cursor that was altered, or given to somebody else or for another list."""

    code = "web.cursor_invalid"
    status = 400
    title = msgid("翻页标记已失效，请从第一页重新开始")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next_cursor` is None on the last."""

    items: Sequence[Any]
    next_cursor: str | None


class PageQuerySchema(StrictSchema):
    """The query of every list."""

    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST_LIMIT))
    cursor = fields.String(load_default=None, validate=validate.Length(max=1000))


def page_schema(item: type[Schema]) -> type[Schema]:
    """The shape of a page of items."""
    name = item.__name__.removesuffix("Schema") + "PageSchema"
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next_cursor": fields.String(allow_none=True),
        },
        name=name,
    )


def encode_cursor(session: Session, actor: Actor, list_name: str, values: Sequence[str]) -> str:
    """A cursor after the row whose sort values these are."""
    content = json.dumps([actor.label, list_name, *values]).encode()
    return session.keys.seal_reference(PURPOSE, content)


def decode_cursor(session: Session, actor: Actor, list_name: str, cursor: str) -> list[str]:
    """The sort values of a cursor. Raises: CursorInvalid."""
    content = session.keys.open_reference(PURPOSE, cursor)
    if content is None:
        raise CursorInvalid
    label, name, *values = json.loads(content)
    if label != actor.label or name != list_name:
        raise CursorInvalid
    return [str(value) for value in values]
