"""A whole copy of what a service holds about a person: the one read that always asks again who is there.

The law gives everybody a copy of their own data (PIPL article 45); in the wrong hands it is the most that can be
taken at once. So it wants a phishing-resistant proof of these last minutes, and lists stay as they are.
"""

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from services import clock
from services.actor import Actor, ActorKind
from services.errors import Denied
from services.web.declare import StepUp
from services.web.json_writer import json_response
from services.web.schemas import StrictSchema
from services.words import msgid

MOST = 1000
STEP_UP = StepUp("phr", 300, msgid("要拿走全部资料的副本，先再确认是您本人"))


def export_schema(item: type[Schema]) -> type[Schema]:
    """The shape of a copy of items of this shape."""
    name = item.__name__.removesuffix("Schema")
    places = {
        "exported_at": fields.AwareDateTime(required=True),
        "is_complete": fields.Boolean(required=True),
        "items": fields.List(fields.Nested(item), required=True),
    }
    return type(f"{name}ExportSchema", (StrictSchema,), places)


def check_own(actor: Actor) -> None:
    """Raises: Denied 403 unless a person asks for what is theirs; staff and machines have their lists."""
    if actor.kind is not ActorKind.RESIDENT:
        raise Denied


def export_of(items: Sequence[Any]) -> dict[str, Any]:
    """The copy of what was read with one item more than `MOST`."""
    return {"exported_at": clock.now(), "is_complete": len(items) <= MOST, "items": list(items[:MOST])}


def download_of(schema: type[Schema], items: Sequence[Any], *, name: str) -> Response:
    """The same copy as a file that a browser keeps."""
    answer = json_response(schema().dump(export_of(items)))
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer
