"""A ticket for whoever holds its number and code, with its chain."""

from collections.abc import Sequence
from typing import Any

from marshmallow import fields

from hotline.actions import EventView
from hotline.rules.history import content_of
from services.web.schemas import Line, StrictSchema


class TrackSchema(StrictSchema):
    """Number and code of a ticket."""

    number = Line(required=True, most=20, metadata={"example": "261126000001"})
    tracking_code = Line(required=True, most=40, metadata={"example": "3q2-7wAAAAAAAAAA"})


class LinkSchema(StrictSchema):
    """One link of the chain: what is hashed, its SHA-256, and what makes the note's digest."""

    content = fields.Dict(required=True)
    digest = fields.String(required=True, allow_none=True)
    note_salt = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class TrackedSchema(StrictSchema):
    """A ticket as whoever holds its number and code sees it."""

    number = fields.String(required=True)
    state = fields.String(required=True)
    is_intact = fields.Boolean(required=True)
    broken_at = fields.Integer(required=True, allow_none=True)
    chain = fields.List(fields.Nested(LinkSchema), required=True)


def tracked(number: str, state: str, events: Sequence[EventView], broken_at: int | None) -> dict[str, Any]:
    """The content of TrackedSchema."""
    before = [None, *(event.said.digest for event in events)]
    chain = [
        {
            "content": content_of(number, event.said, previous),
            "digest": None if event.said.digest is None else event.said.digest.hex(),
            "note_salt": None if event.salt is None else event.salt.hex(),
            "note": event.note,
        }
        for event, previous in zip(events, before, strict=False)
    ]
    return {
        "number": number,
        "state": state,
        "is_intact": broken_at is None,
        "broken_at": broken_at,
        "chain": chain,
    }
